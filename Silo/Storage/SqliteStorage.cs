using System.Data.Common;
using CocoonOrleans.Ledger.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Silo.Storage;

/// <summary>
/// The file that grain state and reminders share: one writer with group commit, and readers that see what is committed. Opened, and its schema brought to
/// the newest version, by construction.
/// </summary>
internal sealed class SqliteStorage : IAsyncDisposable
{
    // "Ckgs" in ASCII.
    private static readonly SqliteSchema StorageSchema = SqliteSchema.FromResources(0x436b6773, typeof(SqliteStorage), "Schema");

    private readonly SqliteFile _file;
    private readonly SqliteGroupCommit<SqliteStorageSession> _writer;

    public SqliteStorage(IOptions<SqliteStorageOptions> options, ILogger<SqliteStorage> logger)
    {
        SqliteStorageOptions settings = options.Value;
        MaxStateBytes = settings.MaxStateBytes;
        _file = new SqliteFile(settings.Path, settings.BusyTimeoutSeconds);
        using (SqliteConnection connection = _file.OpenForWriting())
        {
            StorageSchema.Apply(connection);
        }

        _writer = new SqliteGroupCommit<SqliteStorageSession>(
            "grains", _file, statements => new SqliteStorageSession(statements), settings.QueueLength, settings.BatchSize, logger);
    }

    public int MaxStateBytes { get; }

    /// <summary>Writes in the next commit and returns when it is durable.</summary>
    public Task<T> WriteAsync<T>(Func<SqliteStorageSession, T> write, CancellationToken cancellationToken) =>
        _writer.ExecuteAsync(write, weight: 1, cancellationToken);

    /// <summary>Reads on the pool, since SQLite blocks and a grain's turn must not.</summary>
    public Task<List<T>> ReadAsync<T>(
        string sql, Func<DbDataReader, T> row, CancellationToken cancellationToken, params (string Name, object? Value)[] values) =>
        Task.Run(
            () =>
            {
                using SqliteConnection connection = _file.OpenForReading();
                return connection.ReadAll(sql, row, values);
            },
            cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _file.Dispose();
    }
}
