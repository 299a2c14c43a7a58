using System.Globalization;

namespace CocoonOrleans.Client.Receipts;

/// <summary>
/// Keeps the newest receipts in a folder, a file each, that only their owner may read. An answer never fails because its receipt could not be kept: whoever made the folder is told. Thread-safe.
/// </summary>
public sealed class ReceiptFolder
{
    /// <summary>How many are kept where nobody says otherwise: with a quote in each some 10 MB.</summary>
    public const int DefaultMost = 1000;

    private const UnixFileMode OwnerOnlyFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string Ending = ".receipt.json";

    private readonly Lock _turn = new();
    private readonly int _most;
    private readonly Action<Exception>? _failed;
    private readonly Queue<string> _files;

    /// <summary>Opens the folder, and makes it where there is none.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="most">How many receipts it keeps, 1 to 1,000,000; the oldest go first.</param>
    /// <param name="failed">Told, on the answer's thread, of a receipt that could not be kept.</param>
    /// <exception cref="IOException">The folder can't be made or read.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it be.</exception>
    public ReceiptFolder(string path, int most = DefaultMost, Action<Exception>? failed = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, 1_000_000);
        (Path, _most, _failed) = (System.IO.Path.GetFullPath(path), most, failed);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path);
        }
        else
        {
            Directory.CreateDirectory(Path, OwnerOnlyFolder);
        }

        // The names begin with the time, so that their order is their age.
        _files = new Queue<string>(Directory.EnumerateFiles(Path, $"*{Ending}").Order(StringComparer.Ordinal));
    }

    /// <summary>The folder, absolute.</summary>
    public string Path { get; }

    internal void Keep(StoredReceipt receipt)
    {
        try
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{receipt.Answered.UtcDateTime:yyyyMMdd'T'HHmmss.fff'Z'}-{receipt.RequestId:N}{Ending}");
            lock (_turn)
            {
                var file = System.IO.Path.Combine(Path, name);
                Write(file, receipt.Write());
                _files.Enqueue(file);
                while (_files.Count > _most)
                {
                    File.Delete(_files.Dequeue());
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _failed?.Invoke(e);
        }
    }

    /// <summary>In one step: nobody finds half a receipt.</summary>
    private static void Write(string file, byte[] bytes)
    {
        var draft = $"{file}.{Environment.ProcessId}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnlyFile;
        }

        using (var stream = new FileStream(draft, options))
        {
            stream.Write(bytes);
        }

        File.Move(draft, file, overwrite: true);
    }
}
