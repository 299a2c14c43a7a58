using System.Text.Json;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;
using CocoonOrleans.Tunnel.Usage;
using CocoonOrleans.WorkerHost.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.WorkerHost.Usage;

/// <summary>
/// The signed usage reports that no gateway has acknowledged yet: the worker's claim to be paid. One small file each, flushed to the disk before the report
/// leaves; so a report that a gateway has seen survives the worker, and one that is acknowledged costs nothing. Thread-safe.
/// </summary>
public sealed partial class UsageReportStore
{
    /// <summary>Most reports that wait; when they are reached, new jobs are refused rather than done unpaid.</summary>
    public const int MaxReports = 10_000;

    private const int MaxFileBytes = 16 << 10;
    private const string Extension = ".json";

    private readonly string _folder;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = [];
    private long _next;

    /// <summary>Opens the store in the worker's data folder and reads what is left from earlier runs.</summary>
    /// <exception cref="IOException">The folder can't be made or read.</exception>
    public UsageReportStore(IOptions<WorkerOptions> options, TunnelIdentity identity, ILogger<UsageReportStore> logger)
    {
        _folder = Path.Combine(options.Value.DataFolder, "usage");
        _logger = logger;
        Directory.CreateDirectory(_folder);
        Read(identity.PublicKey);
    }

    /// <summary>Reports that wait.</summary>
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

    /// <summary>The oldest reports.</summary>
    public IReadOnlyList<SignedUsageReport> Oldest(int count)
    {
        lock (_lock)
        {
            return [.. _entries.Values.OrderBy(entry => entry.Order).Take(count).Select(entry => entry.Signed)];
        }
    }

    /// <summary>Keeps a report; it is on the disk when this returns. Whoever began a job may add its report even when the store is full.</summary>
    /// <exception cref="IOException">The disk refuses it.</exception>
    public async Task AddAsync(UsageReport report, SignedUsageReport signed)
    {
        string name = NameOf(report);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(signed, TunnelJson.Default.SignedUsageReport);

        // Under its last name at once: on the usual Linux file systems the flush of a new file keeps its name too, a rename after it not. Half a file is told by its
        // signature when it is read, and was never promised to anybody.
        await using (var file = new FileStream(PathOf(name), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous))
        {
            await file.WriteAsync(json);
            file.Flush(flushToDisk: true);
        }
        lock (_lock)
        {
            _entries[name] = new Entry(report.JobId, signed, _next++);
        }
    }

    /// <summary>Forgets the reports of a job: its usage is booked. Nothing happens where there are none.</summary>
    public void Acknowledge(string jobId)
    {
        string[] names;
        lock (_lock)
        {
            names = [.. _entries.Where(entry => entry.Value.JobId == jobId).Select(entry => entry.Key)];
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
    private static string NameOf(UsageReport report) => $"{report.JobId}~{report.LeaseId}";

    private string PathOf(string name) => Path.Combine(_folder, name + Extension);

    private void Read(TunnelPublicKey key)
    {
        var found = new List<(UsageReport Report, SignedUsageReport Signed)>();
        foreach (FileInfo file in new DirectoryInfo(_folder).EnumerateFiles("*" + Extension).Take(MaxReports))
        {
            SignedUsageReport? signed = Parse(file);
            UsageReportCheck check = signed?.Check(key) ?? new(null, UsageReportFault.Malformed);
            if (check.Report is { } report)
            {
                found.Add((report, signed!));
            }
            else
            {
                LogUnreadable(file.FullName, check.Fault); // half written when the worker died: it was never promised to anybody
            }
        }
        foreach (var (report, signed) in found.OrderBy(entry => entry.Report.EndedMs))
        {
            _entries[NameOf(report)] = new Entry(report.JobId, signed, _next++);
        }
    }

    private static SignedUsageReport? Parse(FileInfo file)
    {
        if (file.Length > MaxFileBytes)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file.FullName), TunnelJson.Default.SignedUsageReport);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Entry(string JobId, SignedUsageReport Signed, long Order);
}
