using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Sql;
using Npgsql;

namespace CocoonOrleans.Ledger.PostgreSql;

/// <summary>
/// Batches on a PostgreSQL connection. Writers of several processes take turns, a batch each, by an advisory lock that ends with the transaction: so what a
/// batch has read can't change before it commits, and rows' numbers become visible in their order, as on SQLite. Holds on balances are done as one
/// (<see cref="HoldGroup"/>), and all else after them, statement by statement; should any piece throw, all is done again, each piece for itself.
/// </summary>
internal sealed class PostgreSqlBatchConnection : IBatchConnection<LedgerSession>
{
    /// <summary>The advisory lock of who writes: "Ckwr" in ASCII.</summary>
    internal const long Turn = 0x436b7772;

    private const int Attempts = 5;

    private readonly string _name;
    private readonly Func<NpgsqlConnection> _connect;
    private readonly Func<SqlStatements, LedgerSession> _openSession;
    private Connected? _connected;

    /// <summary>Connects.</summary>
    /// <param name="name">What is written, for metrics.</param>
    /// <param name="connect">Opens a connection.</param>
    /// <param name="openSession">Prepares the statements.</param>
    public PostgreSqlBatchConnection(string name, Func<NpgsqlConnection> connect, Func<SqlStatements, LedgerSession> openSession)
    {
        _name = name;
        _connect = connect;
        _openSession = openSession;
    }

    public void Commit(IReadOnlyList<IBatchWork<LedgerSession>> batch)
    {
        List<LedgerOperation> grouped = [.. batch.Where(work => HoldGroup.Suits(work.Operations)).SelectMany(work => work.Operations).Where(OperationRules.Holds)];

        // Nothing is done before the turn is taken: a connection that was cut while it was idle is replaced, once.
        bool isFresh = _connected is null;
        _connected ??= Connect();
        HoldGroup? group;
        try
        {
            group = Begin(_connected, grouped);
        }
        catch (NpgsqlException exception) when (!isFresh && exception is not PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable })
        {
            Dispose();
            _connected = Connect();
            group = Begin(_connected, grouped);
        }

        bool apart = false;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                if (apart)
                {
                    DoApart(_connected, batch);
                    _connected.Commit.Run();
                    return;
                }

                if (TryDo(_connected, batch, group))
                {
                    _connected.Commit.Run();
                    return;
                }

                apart = true;
            }
            catch (PostgresException exception) when (
                exception.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected && attempt < Attempts)
            {
            }
            catch (Exception exception) when (!apart && exception is PostgresException or InvalidDataException)
            {
                apart = true;
            }

            if (apart)
            {
                CommitMetrics.RecordApart(_name);
            }

            // Throws where the connection is lost: then the whole batch has failed.
            _connected.Rollback.Run();
            group = Begin(_connected, apart ? [] : grouped);
        }
    }

    public void Dispose()
    {
        _connected?.Statements.Dispose();
        _connected = null;
    }

    /// <summary>Begins a transaction, waits for the turn, and reads what a group is judged by, in one round trip.</summary>
    private static HoldGroup? Begin(Connected connected, IReadOnlyList<LedgerOperation> grouped)
    {
        if (grouped.Count == 0)
        {
            connected.Begin.Run();
            return null;
        }

        using NpgsqlBatch batch = new(connected.Connection) { BatchCommands = { new("BEGIN"), new($"SELECT pg_advisory_xact_lock({Turn})") } };
        foreach (NpgsqlBatchCommand query in HoldGroupStatements.Reading(grouped))
        {
            batch.BatchCommands.Add(query);
        }

        // Each statement sees what was committed when it begins, so those after the lock see the last turn's.
        using NpgsqlDataReader rows = batch.ExecuteReader();
        rows.NextResult();
        return HoldGroupStatements.Read(rows);
    }

    /// <summary>Does the work without savepoints; false where one piece threw.</summary>
    private static bool TryDo(Connected connected, IReadOnlyList<IBatchWork<LedgerSession>> batch, HoldGroup? group)
    {
        List<IBatchWork<LedgerSession>> others = [];
        connected.Session.Group = group;
        try
        {
            foreach (IBatchWork<LedgerSession> work in batch)
            {
                if (group is null || !HoldGroup.Suits(work.Operations) || !group.IsOnBalances(work.Operations))
                {
                    others.Add(work);
                }
                else if (!work.TryRun(connected.Session))
                {
                    return false;
                }
            }
        }
        finally
        {
            connected.Session.Group = null;
        }

        if (group is not null)
        {
            HoldGroupStatements.Write(connected.Connection, group);
        }

        return others.TrueForAll(work => work.TryRun(connected.Session));
    }

    /// <summary>Does each piece in a savepoint of its own: what threw is undone, the others stay.</summary>
    private static void DoApart(Connected connected, IReadOnlyList<IBatchWork<LedgerSession>> batch)
    {
        foreach (IBatchWork<LedgerSession> work in batch)
        {
            connected.Savepoint.Run();
            if (!work.TryRun(connected.Session))
            {
                connected.Undo.Run();
            }

            connected.Release.Run();
        }
    }

    private Connected Connect()
    {
        NpgsqlConnection connection = _connect();
        SqlStatements statements = new(connection, PostgreSqlDialect.Instance);
        return new Connected(
            connection,
            statements,
            _openSession(statements),
            statements.Prepare($"BEGIN; SELECT pg_advisory_xact_lock({Turn})"),
            statements.Prepare("SAVEPOINT work"),
            statements.Prepare("ROLLBACK TO work"),
            statements.Prepare("RELEASE work"),
            statements.Prepare("COMMIT"),
            statements.Prepare("ROLLBACK"));
    }

    private sealed record Connected(
        NpgsqlConnection Connection,
        SqlStatements Statements,
        LedgerSession Session,
        SqlStatement Begin,
        SqlStatement Savepoint,
        SqlStatement Undo,
        SqlStatement Release,
        SqlStatement Commit,
        SqlStatement Rollback);
}
