using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Cluster.Ledger;

/// <summary>The ledger in a SQLite file in a folder of its own.</summary>
public sealed class SqliteLedgerDatabase : LedgerDatabase
{
    private readonly DirectoryInfo _folder;
    private readonly SqliteLedger _ledger;

    public SqliteLedgerDatabase()
        : this(Directory.CreateTempSubdirectory("ledger-"))
    {
    }

    private SqliteLedgerDatabase(DirectoryInfo folder)
    {
        _folder = folder;
        SqliteLedgerOptions options = new() { Path = File, AllowTreasuryTransfers = true, BusyTimeoutSeconds = 1 };
        _ledger = new SqliteLedger(Options.Create(options), Clock, NullLogger<SqliteLedger>.Instance);
    }

    public override ILedger Ledger => _ledger;

    private string File => Path.Combine(_folder.FullName, "ledger.db");

    public override Task<LedgerDatabase> KillAndReopenAsync()
    {
        DirectoryInfo copy = Directory.CreateTempSubdirectory("ledger-");
        foreach (FileInfo file in _folder.GetFiles())
        {
            // Not the shared-memory file: it is an index of the log that the next process rebuilds.
            if (!file.Name.EndsWith("-shm", StringComparison.Ordinal))
            {
                file.CopyTo(Path.Combine(copy.FullName, file.Name));
            }
        }

        return Task.FromResult<LedgerDatabase>(new SqliteLedgerDatabase(copy));
    }

    public override void Run(string sql, bool tamper = false)
    {
        using SqliteConnection connection = Open();
        if (tamper)
        {
            connection.Run("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON");
            foreach (string trigger in connection.ReadAll("SELECT name FROM sqlite_schema WHERE type = 'trigger'", row => row.GetString(0)))
            {
                connection.Run($"DROP TRIGGER {trigger}");
            }
        }

        connection.Run(sql);
    }

    public override IDisposable Fault(string change, string table)
    {
        Run($"CREATE TRIGGER fault BEFORE {change} ON {table} BEGIN SELECT raise(ABORT, 'fault'); END");
        return new Ending(() => Run("DROP TRIGGER fault"));
    }

    public override long Count(string table)
    {
        using SqliteConnection connection = Open();
        return connection.ReadAll($"SELECT count(*) FROM {table}", row => row.GetInt64(0)).Single();
    }

    public override IDisposable Lock()
    {
        SqliteConnection connection = Open();
        connection.Run("BEGIN IMMEDIATE");
        return connection;
    }

    public override async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private SqliteConnection Open()
    {
        SqliteConnection connection = new($"Data Source={File};Pooling=False");
        connection.Open();
        return connection;
    }
}
