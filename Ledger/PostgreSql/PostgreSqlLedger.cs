using System.Data;
using CocoonOrleans.Ledger.Sql;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CocoonOrleans.Ledger.PostgreSql;

/// <summary>The ledger in PostgreSQL, for clusters of several silos: each has one writer, and the writers take turns.</summary>
public sealed class PostgreSqlLedger : SqlLedger
{
    private static readonly PostgreSqlSchema LedgerSchema = PostgreSqlSchema.FromResources("ledger", typeof(PostgreSqlLedger), "Schema");

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
                () => new PostgreSqlBatchConnection<LedgerSession>(
                    writing.OpenConnection, statements => new LedgerSession(statements, options.AllowTreasuryTransfers)),
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
        // A process that stands still in the middle of its turn loses it, or all others would wait.
        int timeout = options.BusyTimeoutSeconds * 1000;
        NpgsqlDataSource source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = "cocoon ledger writer",
            Pooling = false,
            MaxAutoPrepare = 256,
            AutoPrepareMinUsages = 2,
            Options = $"-c lock_timeout={timeout} -c idle_in_transaction_session_timeout={timeout} -c synchronous_commit=on",
        });
        try
        {
            LedgerSchema.Apply(source);
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }
}
