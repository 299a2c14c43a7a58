using CocoonOrleans.Ledger.Sql;
using Npgsql;

namespace CocoonOrleans.Ledger.PostgreSql;

/// <summary>
/// Batches on a PostgreSQL connection. Writers of several processes take turns, a batch each, by an advisory lock that ends with the transaction: so what a
/// batch has read can't change before it commits, and rows' numbers become visible in their order, as on SQLite.
/// </summary>
internal sealed class PostgreSqlBatchConnection<TSession> : IBatchConnection<TSession>
{
    /// <summary>The advisory lock of who writes: "Ckwr" in ASCII.</summary>
    internal const long Turn = 0x436b7772;

    private const int Attempts = 5;

    private readonly Func<NpgsqlConnection> _connect;
    private readonly Func<SqlStatements, TSession> _openSession;
    private Connected? _connected;

    /// <summary>Connects.</summary>
    /// <param name="connect">Opens a connection.</param>
    /// <param name="openSession">Prepares the statements.</param>
    public PostgreSqlBatchConnection(Func<NpgsqlConnection> connect, Func<SqlStatements, TSession> openSession)
    {
        _connect = connect;
        _openSession = openSession;
    }

    public void Commit(IReadOnlyList<IBatchWork<TSession>> batch)
    {
        // Nothing is done before the turn is taken: a connection that was cut while it was idle is replaced, once.
        bool isFresh = _connected is null;
        _connected ??= Connect();
        try
        {
            _connected.Begin.Run();
        }
        catch (NpgsqlException exception) when (!isFresh && exception is not PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable })
        {
            Dispose();
            _connected = Connect();
            _connected.Begin.Run();
        }

        bool inSavepoints = false;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                if (TryDo(_connected, batch, inSavepoints))
                {
                    _connected.Commit.Run();
                    return;
                }

                // One of them threw, and PostgreSQL has ended the transaction: all again, so that only that one is undone.
                inSavepoints = true;
            }
            catch (PostgresException exception) when (
                exception.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected && attempt < Attempts)
            {
            }

            _connected.Rollback.Run();
            _connected.Begin.Run();
        }
    }

    public void Dispose()
    {
        _connected?.Statements.Dispose();
        _connected = null;
    }

    /// <summary>Does the work; false where one piece threw without savepoints to undo it.</summary>
    private static bool TryDo(Connected connected, IReadOnlyList<IBatchWork<TSession>> batch, bool inSavepoints)
    {
        foreach (IBatchWork<TSession> work in batch)
        {
            if (!inSavepoints)
            {
                if (!work.TryRun(connected.Session))
                {
                    return false;
                }

                continue;
            }

            connected.Savepoint.Run();
            if (!work.TryRun(connected.Session))
            {
                // Throws where the connection is lost: then the whole batch has failed.
                connected.Undo.Run();
            }

            connected.Release.Run();
        }

        return true;
    }

    private Connected Connect()
    {
        SqlStatements statements = new(_connect(), PostgreSqlDialect.Instance);
        return new Connected(
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
        SqlStatements Statements,
        TSession Session,
        SqlStatement Begin,
        SqlStatement Savepoint,
        SqlStatement Undo,
        SqlStatement Release,
        SqlStatement Commit,
        SqlStatement Rollback);
}
