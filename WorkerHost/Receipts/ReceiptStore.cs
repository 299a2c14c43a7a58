using System.Text.Json;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.WorkerHost.Receipts;

/// <summary>
/// The signed receipts that no gateway has acknowledged yet: the worker's claim to be paid. One small file each, flushed to the disk before the receipt
/// leaves; so a receipt that a gateway has seen survives the worker, and one that is acknowledged costs nothing. Thread-safe.
/// </summary>
public sealed partial class ReceiptStore
{
    /// <summary>Most receipts that wait; when they are reached, new jobs are refused rather than done unpaid.</summary>
    public const int MaxReceipts = 10_000;

    private const int MaxFileBytes = 16 << 10;
    private const string Extension = ".json";

    private readonly string _folder;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = [];
    private long _next;

    /// <summary>Opens the store in the worker's data folder and reads what is left from earlier runs.</summary>
    /// <exception cref="IOException">The folder can't be made or read.</exception>
    public ReceiptStore(IOptions<WorkerOptions> options, ILogger<ReceiptStore> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _folder = Path.Combine(options.Value.DataFolder, "receipts");
        _logger = logger;
        Directory.CreateDirectory(_folder);
        Read();
    }

    /// <summary>Receipts that wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>The oldest receipts.</summary>
    public IReadOnlyList<KeptReceipt> Oldest(int count)
    {
        lock (_lock)
        {
            return [.. _entries.Values.OrderBy(entry => entry.Order).Take(count).Select(entry => entry.Receipt)];
        }
    }

    /// <summary>Keeps a receipt; it is on the disk when this returns. Whoever began a job may add its receipt even when the store is full.</summary>
    /// <exception cref="IOException">The disk refuses it.</exception>
    public async Task AddAsync(KeptReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        string name = NameOf(receipt);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(receipt, TunnelJson.Default.KeptReceipt);

        // Under its last name at once: on the usual Linux file systems the flush of a new file keeps its name too, a rename after it not. Half a file is no
        // JSON when it is read, and was never promised to anybody.
        await using (var file = new FileStream(PathOf(name), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous))
        {
            await file.WriteAsync(json);
            file.Flush(flushToDisk: true);
        }

        lock (_lock)
        {
            _entries[name] = new Entry(receipt, _next++);
        }
    }

    /// <summary>Forgets the receipts of a job: its usage is booked. Nothing happens where there are none.</summary>
    public void Acknowledge(string jobId)
    {
        string[] names;
        lock (_lock)
        {
            names = [.. _entries.Where(entry => entry.Value.Receipt.JobId == jobId).Select(entry => entry.Key)];
            foreach (string name in names)
            {
                _entries.Remove(name);
            }
        }

        foreach (string name in names)
        {
            File.Delete(PathOf(name));
        }
    }

    // A job may come again under another lease. '~' is in neither id.
    private static string NameOf(KeptReceipt receipt) => $"{receipt.JobId}~{receipt.LeaseId}";

    private string PathOf(string name) => Path.Combine(_folder, name + Extension);

    /// <summary>Who signed is not looked at: the key of an earlier start is gone, and the gateway that booked the job knows it from the job's terms.</summary>
    private void Read()
    {
        foreach (FileInfo file in new DirectoryInfo(_folder).EnumerateFiles("*" + Extension).Take(MaxReceipts).OrderBy(file => file.LastWriteTimeUtc))
        {
            if (Parse(file) is { IsValid: true } receipt)
            {
                _entries[NameOf(receipt)] = new Entry(receipt, _next++);
            }
            else
            {
                LogUnreadable(file.FullName); // half written when the worker died: it was never promised to anybody
            }
        }
    }

    private static KeptReceipt? Parse(FileInfo file)
    {
        if (file.Length > MaxFileBytes)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file.FullName), TunnelJson.Default.KeptReceipt);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Entry(KeptReceipt Receipt, long Order);
}
