using CocoonOrleans.Ledger.Sql;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Ledger.Sqlite;

/// <summary>The ledger in one SQLite file.</summary>
public sealed class SqliteLedger : SqlLedger
{
    // "Ckld" in ASCII.
    private static readonly SqliteSchema LedgerSchema = SqliteSchema.FromResources(0x436b6c64, typeof(SqliteLedger), "Schema");

    private readonly SqliteFile _file;

    /// <summary>Opens the file and brings its schema to the newest version.</summary>
    /// <exception cref="SqliteException">The file can't be opened or written.</exception>
    /// <exception cref="InvalidDataException">The file is not a ledger, or one of a newer program.</exception>
    public SqliteLedger(IOptions<SqliteLedgerOptions> options, TimeProvider clock, ILogger<SqliteLedger> logger)
        : this(options?.Value ?? throw new ArgumentNullException(nameof(options)), Open(options.Value), clock, logger)
    {
    }

    private SqliteLedger(SqliteLedgerOptions options, SqliteFile file, TimeProvider clock, ILogger logger)
        : base(
            new SqliteGroupCommit<LedgerSession>(
                "ledger", file, statements => new LedgerSession(statements, options.AllowTreasuryTransfers), options.QueueLength, options.BatchSize, logger),
            clock) => _file = file;

    private protected override SqlReading OpenForReading()
    {
        SqliteConnection connection = _file.OpenForReading();
        return new SqlReading(connection, SqliteDialect.Instance, () => connection.BeginTransaction(deferred: true));
    }

    private protected override void Close() => _file.Dispose();

    private static SqliteFile Open(SqliteLedgerOptions options)
    {
        SqliteFile file = new(options.Path, options.BusyTimeoutSeconds);
        using SqliteConnection connection = file.OpenForWriting();
        LedgerSchema.Apply(connection);
        return file;
    }
}
