using System.Data;
using CocoonOrleans.Ledger.Sql;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CocoonOrleans.Ledger.PostgreSql;

/// <summary>The ledger in PostgreSQL, for clusters of several silos: each has one writer, and the writers take turns.</summary>
public sealed class PostgreSqlLedger : SqlLedger
{
    /// <summary>The steps that make the ledger's tables.</summary>
    public static PostgreSqlSchema Schema { get; } = PostgreSqlSchema.FromResources("ledger", typeof(PostgreSqlLedger), "Schema");

    private const int LongestPauseMilliseconds = 2000;

    private readonly NpgsqlDataSource _reading;
    private readonly NpgsqlDataSource _writing;

    /// <summary>Connects and brings the tables to the newest version.</summary>
    /// <exception cref="IOException">The database can't be reached or written.</exception>
    /// <exception cref="InvalidDataException">The tables are a newer program's.</exception>
    public PostgreSqlLedger(IOptions<PostgreSqlLedgerOptions> options, TimeProvider clock, ILogger<PostgreSqlLedger> logger)
        : this(options?.Value ?? throw new ArgumentNullException(nameof(options)), Writing(options.Value), clock, logger)
    {
    }

    private PostgreSqlLedger(PostgreSqlLedgerOptions options, NpgsqlDataSource writing, TimeProvider clock, ILogger logger)
        : base(
            new GroupCommit<LedgerSession>(
                "ledger",
                () => new PostgreSqlBatchConnection(
                    "ledger", writing.OpenConnection, statements => new LedgerSession(statements, options.AllowTreasuryTransfers)),
                options.QueueLength,
                options.BatchSize,
                logger),
            clock)
    {
        _writing = writing;
        _reading = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = "cocoon ledger reader",
            MaxAutoPrepare = 64,
            Options = "-c default_transaction_read_only=on",
        });
    }

    private protected override SqlReading OpenForReading()
    {
        NpgsqlConnection connection = _reading.OpenConnection();
        return new SqlReading(connection, PostgreSqlDialect.Instance, () => connection.BeginTransaction(IsolationLevel.RepeatableRead));
    }

    private protected override void Close()
    {
        _reading.Dispose();
        _writing.Dispose();
    }

    private static NpgsqlDataSource Writing(PostgreSqlLedgerOptions options)
    {
        // A process that stands still in the middle of its turn loses it, well before the others have waited too long for theirs; also where it stands still
        // while it is told something.
        int timeout = options.BusyTimeoutSeconds * 1000;
        int idle = Math.Min(timeout, LongestPauseMilliseconds);
        NpgsqlDataSource source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = "cocoon ledger writer",
            Pooling = false,
            MaxAutoPrepare = 256,
            AutoPrepareMinUsages = 2,

            // A plan is kept for a statement's life, and a table that was small then may be large now: every access is by a key.
            Options = $"-c lock_timeout={timeout} -c idle_in_transaction_session_timeout={idle} -c tcp_user_timeout={idle} -c synchronous_commit=on "
                + "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off",
        });
        try
        {
            Schema.Apply(source);
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }
}
