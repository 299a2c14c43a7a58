using System.Data.Common;
using CocoonOrleans.Ledger.Sql;

namespace CocoonOrleans.Silo.Storage;

/// <summary>The statements that change grain state and reminders.</summary>
internal sealed class SqliteStorageSession(SqlStatements statements)
{
    private const string ThisState = "service_id = $service AND storage = $storage AND state_name = $state AND grain_id = $grain";

    private readonly SqlStatement _readTag = statements.Prepare("SELECT etag FROM grain_state WHERE " + ThisState);

    private readonly SqlStatement _insert = statements.Prepare(
        """
        INSERT INTO grain_state (service_id, storage, state_name, grain_id, etag, data) VALUES ($service, $storage, $state, $grain, $new, $data)
        ON CONFLICT DO NOTHING
        """);

    private readonly SqlStatement _update = statements.Prepare("UPDATE grain_state SET etag = $new, data = $data WHERE " + ThisState + " AND etag = $etag");

    private readonly SqlStatement _delete = statements.Prepare("DELETE FROM grain_state WHERE " + ThisState + " AND etag = $etag");

    private readonly SqlStatement _upsertReminder = statements.Prepare(
        """
        INSERT INTO reminders (service_id, grain_id, name, hash, start_at, period, etag) VALUES ($service, $grain, $name, $hash, $start, $period, $etag)
        ON CONFLICT DO UPDATE SET start_at = $start, period = $period, etag = $etag
        """);

    private readonly SqlStatement _deleteReminder = statements.Prepare(
        "DELETE FROM reminders WHERE service_id = $service AND grain_id = $grain AND name = $name AND etag = $etag");

    private readonly SqlStatement _deleteReminders = statements.Prepare("DELETE FROM reminders WHERE service_id = $service");

    /// <summary>Stores data under a new tag where the stored tag is the expected one, null meaning that nothing is stored.</summary>
    public bool TryWrite(SqliteStateKey key, string? expectedTag, string newTag, byte[] data) => expectedTag is null
        ? _insert.Run(("$service", key.Service), ("$storage", key.Storage), ("$state", key.State), ("$grain", key.Grain), ("$new", newTag), ("$data", data)) == 1
        : _update.Run(
            ("$service", key.Service),
            ("$storage", key.Storage),
            ("$state", key.State),
            ("$grain", key.Grain),
            ("$etag", expectedTag),
            ("$new", newTag),
            ("$data", data)) == 1;

    /// <summary>Deletes where the stored tag is the expected one; true too where nothing is stored and nothing was expected.</summary>
    public bool TryClear(SqliteStateKey key, string? expectedTag) => expectedTag is null
        ? ReadTag(key) is null
        : _delete.Run(
            ("$service", key.Service), ("$storage", key.Storage), ("$state", key.State), ("$grain", key.Grain), ("$etag", expectedTag)) == 1;

    /// <summary>The stored tag; null where nothing is stored.</summary>
    public string? ReadTag(SqliteStateKey key)
    {
        using DbDataReader row = _readTag.Query(
            ("$service", key.Service), ("$storage", key.Storage), ("$state", key.State), ("$grain", key.Grain));
        return row.Read() ? row.GetString(0) : null;
    }

    public int UpsertReminder(string service, ReminderEntry entry, string tag) => _upsertReminder.Run(
        ("$service", service),
        ("$grain", entry.GrainId.ToString()),
        ("$name", entry.ReminderName),
        ("$hash", (long)entry.GrainId.GetUniformHashCode()),
        ("$start", entry.StartAt.ToUniversalTime().Ticks),
        ("$period", entry.Period.Ticks),
        ("$etag", tag));

    public bool DeleteReminder(string service, string grain, string name, string tag) =>
        _deleteReminder.Run(("$service", service), ("$grain", grain), ("$name", name), ("$etag", tag)) == 1;

    public int DeleteReminders(string service) => _deleteReminders.Run(("$service", service));
}
