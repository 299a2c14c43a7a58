using CocoonOrleans.Ledger.Sql;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Ledger.Sqlite;

/// <summary>The one writer of a SQLite file. Each piece of work stands in a savepoint of its own.</summary>
/// <typeparam name="TSession">What the work is done with: the statements prepared on the writer's connection.</typeparam>
/// <param name="name">What is written, for logs and metrics, such as <c>ledger</c>.</param>
/// <param name="file">The file, opened by the first work.</param>
/// <param name="openSession">Prepares the statements on a fresh connection; they are compiled when first run.</param>
/// <param name="queueLength">How many pieces of work may wait; the next caller waits to be let in.</param>
/// <param name="batchSize">At which sum of weights a batch takes no more work.</param>
/// <param name="logger">Where failed commits are told.</param>
public sealed class SqliteGroupCommit<TSession>(
    string name, SqliteFile file, Func<SqlStatements, TSession> openSession, int queueLength, int batchSize, ILogger logger)
    : GroupCommit<TSession>(name, () => new SqliteBatchConnection<TSession>(file.OpenForWriting(), openSession), queueLength, batchSize, logger)
    where TSession : class;
