using CocoonOrleans.Ledger.Sql;
using Microsoft.Data.Sqlite;

namespace CocoonOrleans.Ledger.Sqlite;

/// <summary>Batches on a SQLite connection, which keeps every other writer of the file out while it writes.</summary>
internal sealed class SqliteBatchConnection<TSession> : IBatchConnection<TSession>
{
    private readonly SqlStatements _statements;
    private readonly TSession _session;
    private readonly SqlStatement _begin;
    private readonly SqlStatement _savepoint;
    private readonly SqlStatement _undo;
    private readonly SqlStatement _release;
    private readonly SqlStatement _commit;

    public SqliteBatchConnection(SqliteConnection connection, Func<SqlStatements, TSession> openSession)
    {
        _statements = new SqlStatements(connection, SqliteDialect.Instance);
        _begin = _statements.Prepare("BEGIN IMMEDIATE");
        _savepoint = _statements.Prepare("SAVEPOINT work");
        _undo = _statements.Prepare("ROLLBACK TO work");
        _release = _statements.Prepare("RELEASE work");
        _commit = _statements.Prepare("COMMIT");
        _session = openSession(_statements);
    }

    public void Commit(IReadOnlyList<IBatchWork<TSession>> batch)
    {
        _begin.Run();
        foreach (IBatchWork<TSession> work in batch)
        {
            _savepoint.Run();
            if (!work.TryRun(_session))
            {
                // Throws where SQLite itself has ended the transaction (disk full, I/O error): then the whole batch has failed.
                _undo.Run();
            }

            _release.Run();
        }

        _commit.Run();
    }

    public void Dispose() => _statements.Dispose();
}
