namespace CocoonOrleans.Sealing.Shares;

/// <summary>Files with keys and shares: their owner's alone.</summary>
public static class OwnerFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = ~(OwnerOnly | UnixFileMode.UserExecute);

    /// <summary>Writes a new file that only its owner may read.</summary>
    /// <param name="path">The file; there must be none.</param>
    /// <param name="content">What it holds; the caller's to zero.</param>
    /// <exception cref="IOException">There is one, or it can't be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using var stream = new FileStream(path, options);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Reads a file that only its owner may read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">The most bytes that it may have.</param>
    /// <returns>Its bytes; the caller's to zero.</returns>
    /// <exception cref="IOException">Others may read or change it, it has more bytes, or it can't be read.</exception>
    public static byte[] Read(string path, int most)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
        {
            throw new IOException($"{path} is open to others than its owner: chmod 600 it.");
        }

        using var stream = File.OpenRead(path);
        if (stream.Length > most)
        {
            throw new IOException($"{path} has {stream.Length} bytes; at most {most} were expected.");
        }

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
