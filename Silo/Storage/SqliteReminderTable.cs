using System.Data.Common;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace CocoonOrleans.Silo.Storage;

/// <summary>Reminders in SQLite: what silos list by ranges of the ring, and grains by name. Every change gives a reminder a fresh random ETag.</summary>
internal sealed class SqliteReminderTable(SqliteStorage storage, IOptions<ClusterOptions> cluster) : IReminderTable
{
    private const string Select = "SELECT grain_id, name, start_at, period, etag FROM reminders WHERE service_id = $service ";

    /// <inheritdoc/>
    public Task<ReminderTableData> ReadRows(GrainId grainId) => ReadRows(grainId, CancellationToken.None);

    /// <inheritdoc/>
    public async Task<ReminderTableData> ReadRows(GrainId grainId, CancellationToken cancellationToken) =>
        new(await ReadAsync("AND grain_id = $grain", cancellationToken, ("$grain", grainId.ToString())));

    /// <inheritdoc/>
    public Task<ReminderTableData> ReadRows(uint begin, uint end) => ReadRows(begin, end, CancellationToken.None);

    /// <inheritdoc/>
    public async Task<ReminderTableData> ReadRows(uint begin, uint end, CancellationToken cancellationToken) =>
        new(await ReadAsync(
            begin < end ? "AND hash > $begin AND hash <= $end" : "AND (hash > $begin OR hash <= $end)",
            cancellationToken,
            ("$begin", (long)begin),
            ("$end", (long)end)));

    /// <inheritdoc/>
    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) => ReadRow(grainId, reminderName, CancellationToken.None);

    /// <inheritdoc/>
    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName, CancellationToken cancellationToken) =>
        (await ReadAsync("AND grain_id = $grain AND name = $name", cancellationToken, ("$grain", grainId.ToString()), ("$name", reminderName)))
            .SingleOrDefault();

    /// <inheritdoc/>
    public Task<string?> UpsertRow(ReminderEntry entry) => UpsertRow(entry, CancellationToken.None);

    /// <inheritdoc/>
    public async Task<string?> UpsertRow(ReminderEntry entry, CancellationToken cancellationToken)
    {
        string service = cluster.Value.ServiceId;
        string tag = Guid.NewGuid().ToString("N");
        await storage.WriteAsync(session => session.UpsertReminder(service, entry, tag), cancellationToken);
        return tag;
    }

    /// <inheritdoc/>
    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) => RemoveRow(grainId, reminderName, eTag, CancellationToken.None);

    /// <inheritdoc/>
    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag, CancellationToken cancellationToken)
    {
        string service = cluster.Value.ServiceId;
        return storage.WriteAsync(session => session.DeleteReminder(service, grainId.ToString(), reminderName, eTag), cancellationToken);
    }

    /// <inheritdoc/>
    public Task TestOnlyClearTable() => TestOnlyClearTable(CancellationToken.None);

    /// <inheritdoc/>
    public Task TestOnlyClearTable(CancellationToken cancellationToken)
    {
        string service = cluster.Value.ServiceId;
        return storage.WriteAsync(session => session.DeleteReminders(service), cancellationToken);
    }

    private Task<List<ReminderEntry>> ReadAsync(string condition, CancellationToken cancellationToken, params (string Name, object? Value)[] values) =>
        storage.ReadAsync(Select + condition, Entry, cancellationToken, [("$service", cluster.Value.ServiceId), .. values]);

    private static ReminderEntry Entry(DbDataReader row) => new()
    {
        GrainId = GrainId.Parse(row.GetString(0)),
        ReminderName = row.GetString(1),
        StartAt = new DateTime(row.GetInt64(2), DateTimeKind.Utc),
        Period = new TimeSpan(row.GetInt64(3)),
        ETag = row.GetString(4),
    };
}
