using CocoonOrleans.Cli.Terminal;

namespace CocoonOrleans.Cli.Network;

/// <summary>Where a network on this machine keeps everything: only its owner may read what is in it.</summary>
public sealed class DataFolder
{
    private const UnixFileMode OwnerOnlyFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Name of the file with the API key of the development account.</summary>
    public const string DevelopmentKeyName = "dev-key";

    /// <summary>Name of the file in which a running network says how it is reached.</summary>
    public const string ConnectionName = "network.json";

    /// <summary>Makes the folder where there is none. One that is there keeps its rights, for it may be anybody's; all in it that is ours is the owner's alone.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="CommandFailedException">It can't be made or written.</exception>
    public DataFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(Path, OwnerOnlyFolder);
            Make(Logs);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"The data folder {Path} can't be used: {exception.Message}", "Choose another with --data.", innerException: exception);
        }
    }

    /// <summary>The folder that <c>cocoon up</c> takes by itself: <c>$XDG_DATA_HOME/cocoon</c>, else <c>~/.local/share/cocoon</c>.</summary>
    public static string Default { get; } = System.IO.Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "cocoon");

    /// <summary>The folder itself, absolute.</summary>
    public string Path { get; }

    /// <summary>One log for each process.</summary>
    public string Logs => System.IO.Path.Combine(Path, "logs");

    /// <summary>Where a running network says how it is reached: <c>cocoon chat</c> and <c>cocoon account</c> read it.</summary>
    public string Connection => System.IO.Path.Combine(Path, ConnectionName);

    /// <summary>The API key of the development account.</summary>
    public string DevelopmentKey => System.IO.Path.Combine(Path, DevelopmentKeyName);

    /// <summary>The silo's book of accounts.</summary>
    public string Ledger => System.IO.Path.Combine(Path, "silo", "ledger.db");

    /// <summary>The secret of the gateway's administration.</summary>
    public string AdminToken => System.IO.Path.Combine(Path, "gateway", "admin-token");

    /// <summary>A folder below, made where there is none.</summary>
    /// <param name="name">Its name.</param>
    public string Folder(string name)
    {
        var path = System.IO.Path.Combine(Path, name);
        Make(path);
        return path;
    }

    /// <summary>Takes the folder for one network, until disposed or until this process ends in whatever way.</summary>
    /// <exception cref="CommandFailedException">Another network has it.</exception>
    public IDisposable Lock()
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(Path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new CommandFailedException($"Another network runs with its data in {Path}.", "Stop it, or choose another folder with --data.", innerException: exception);
        }
    }

    /// <summary>Writes a file that only its owner may read; readers see the old or the new content, never a half.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">What it holds.</param>
    public static void WritePrivate(string path, string content)
    {
        var draft = $"{path}.{Environment.ProcessId}";
        File.Delete(draft); // The mode counts only for a new file.
        using (var writer = new StreamWriter(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnlyFile }))
        {
            writer.Write(content);
        }

        File.Move(draft, path, overwrite: true);
    }

    private static void Make(string path)
    {
        Directory.CreateDirectory(path, OwnerOnlyFolder);
        File.SetUnixFileMode(path, OwnerOnlyFolder);
    }
}
