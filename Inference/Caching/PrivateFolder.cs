namespace CocoonOrleans.Inference.Caching;

/// <summary>Folders on disk that only their owner may use, for code that this process made and will run again.</summary>
internal static class PrivateFolder
{
    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary><c>$XDG_CACHE_HOME/cocoon/NAME</c>, else <c>~/.cache/cocoon/NAME</c>; null where there is neither.</summary>
    public static string? Default(string name)
    {
        // The XDG base directory specification tells programs to ignore relative paths.
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (!Path.IsPathFullyQualified(cache ?? ""))
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            cache = home.Length > 0 ? Path.Combine(home, ".cache") : null;
        }

        return cache is null ? null : Path.Combine(cache, "cocoon", name);
    }

    /// <summary>Makes a folder, or makes sure that nobody else may use it.</summary>
    /// <exception cref="IOException">It can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It belongs to somebody else.</exception>
    public static void Take(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("private folders are made on Linux only");
        }

        Directory.CreateDirectory(folder, OnlyOwner);
        try
        {
            // Only the owner may change a mode: this fails where another user made the folder first.
            File.SetUnixFileMode(folder, OnlyOwner);
        }
        catch (IOException) when (File.GetUnixFileMode(folder) == OnlyOwner)
        {
            // A read-only file system that holds a folder prepared before.
        }
    }

    /// <summary>Writes a file whole: nobody ever sees a part of it.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string file, ReadOnlySpan<byte> bytes)
    {
        var temporary = $"{file}.{Environment.ProcessId}.{Guid.NewGuid():N}";
        try
        {
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, file, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
