using System.Text.RegularExpressions;
using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CocoonOrleans.Tests.Cluster.Ledger;

/// <summary>The ledger in a PostgreSQL database of its own, on one server for all tests.</summary>
public sealed partial class PostgreSqlLedgerDatabase : LedgerDatabase
{
    private readonly Shared _shared;
    private readonly PostgreSqlLedger _ledger;

    public PostgreSqlLedgerDatabase()
        : this(new Shared(PostgreSqlTestServer.CreateLedgerDatabase()))
    {
    }

    private PostgreSqlLedgerDatabase(Shared shared)
    {
        _shared = shared;
        Interlocked.Increment(ref _shared.Owners);
        _ledger = Open();
    }

    public override ILedger Ledger => _ledger;

    public string ConnectionString => _shared.ConnectionString;

    /// <summary>A ledger as another process has it, on the same database; as a silo connects, by the role of <c>deploy/sql/roles/silo.sql</c>.</summary>
    public PostgreSqlLedger Open()
    {
        PostgreSqlLedgerOptions options = new() { ConnectionString = PostgreSqlTestServer.AsSilo(ConnectionString), AllowTreasuryTransfers = true, BusyTimeoutSeconds = 1 };
        return new PostgreSqlLedger(Options.Create(options), Clock, NullLogger<PostgreSqlLedger>.Instance);
    }

    // What another session sees is what is committed: the first one's process may be dead.
    public override Task<LedgerDatabase> KillAndReopenAsync() => Task.FromResult<LedgerDatabase>(new PostgreSqlLedgerDatabase(_shared));

    public override void Run(string sql, bool tamper = false)
    {
        using NpgsqlConnection connection = Connect();
        if (tamper)
        {
            Run(
                connection,
                """
                SET session_replication_role = replica;
                DO $$ DECLARE c record;
                BEGIN
                    FOR c IN SELECT conrelid::regclass AS t, conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace LOOP
                        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.t, c.conname);
                    END LOOP;
                END $$
                """);
        }

        Run(connection, Hex().Replace(sql, @"'\x$1'"));
    }

    public override IDisposable Fault(string change, string table)
    {
        Run($"CREATE TRIGGER fault BEFORE {change} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse('fault')");
        return new Ending(() => Run($"DROP TRIGGER fault ON {table}"));
    }

    public override long Count(string table)
    {
        using NpgsqlConnection connection = Connect();
        using NpgsqlCommand command = new($"SELECT count(*) FROM {table}", connection);
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>The next number of a sequence.</summary>
    public long Next(string sequence)
    {
        using NpgsqlConnection connection = Connect();
        using NpgsqlCommand command = new($"SELECT nextval('{sequence}')", connection);
        return (long)command.ExecuteScalar()!;
    }

    public override IDisposable Lock()
    {
        NpgsqlConnection connection = Connect();
        Run(connection, $"SELECT pg_advisory_lock({PostgreSqlBatchTurn})");
        return connection;
    }

    public override async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        if (Interlocked.Decrement(ref _shared.Owners) == 0)
        {
            PostgreSqlTestServer.DropDatabase(ConnectionString);
        }
    }

    /// <summary>The advisory lock that the ledger's writers take: "Ckwr" in ASCII.</summary>
    private const long PostgreSqlBatchTurn = 0x436b7772;

    private NpgsqlConnection Connect()
    {
        NpgsqlConnection connection = new(ConnectionString + ";Pooling=false");
        connection.Open();
        return connection;
    }

    private static void Run(NpgsqlConnection connection, string sql)
    {
        using NpgsqlCommand command = new(sql, connection);
        command.ExecuteNonQuery();
    }

    [GeneratedRegex("x'([0-9a-f]+)'")]
    private static partial Regex Hex();

    private sealed class Shared(string connectionString)
    {
        public int Owners;

        public string ConnectionString => connectionString;
    }
}
