namespace CocoonOrleans.Gateway.Hosting;

/// <summary>A small secret in the data folder, readable by its owner only.</summary>
public static class SecretFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads the secret; makes it where there is none. Of several processes that start at once one makes it, and all get the same.</summary>
    /// <param name="path">The file.</param>
    /// <param name="create">Makes the secret, as one line of text.</param>
    /// <exception cref="IOException">The file can't be read or written, or others than its owner may read it; the message says what to do.</exception>
    public static string LoadOrCreate(string path, Func<string> create)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(create);
        if (!File.Exists(path))
        {
            Save(path, create());
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) != UnixFileMode.None)
        {
            throw new IOException($"Others may read the secret in {path}; make it private: chmod 600 {path}");
        }

        return File.ReadAllText(path).Trim();
    }

    private static void Save(string path, string secret)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string draft = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var writer = new StreamWriter(draft, options))
        {
            writer.WriteLine(secret);
        }

        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }
}
