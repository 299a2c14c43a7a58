using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Ledger.Sqlite;

/// <summary>
/// The one writer of a SQLite file: everything that waits is done in one transaction, so that many changes share one fsync. Each piece of work stands in a
/// savepoint of its own: what throws undoes only itself. A failed commit fails its batch, the connection is opened anew, and the writer goes on.
/// It has a thread of its own, since SQLite blocks and must not stall the pool that grains run on.
/// </summary>
/// <typeparam name="TSession">What the work is done with: the statements prepared on the writer's connection.</typeparam>
public sealed partial class SqliteGroupCommit<TSession> : IAsyncDisposable
    where TSession : class
{
    private readonly SqliteFile _file;
    private readonly Func<SqliteStatements, TSession> _openSession;
    private readonly int _batchSize;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _room;
    private readonly BlockingCollection<Work> _queue = [];
    private readonly List<Work> _batch = [];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Connection? _connection;

    /// <summary>Starts the writer. The file is opened by the first work.</summary>
    /// <param name="file">The file.</param>
    /// <param name="openSession">Prepares the statements on a fresh connection; they are compiled when first run.</param>
    /// <param name="queueLength">How many pieces of work may wait; the next caller waits to be let in.</param>
    /// <param name="batchSize">At which sum of weights a batch takes no more work.</param>
    /// <param name="logger">Where failed commits are told.</param>
    public SqliteGroupCommit(SqliteFile file, Func<SqliteStatements, TSession> openSession, int queueLength, int batchSize, ILogger logger)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(queueLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        _file = file;
        _openSession = openSession;
        _batchSize = batchSize;
        _logger = logger;
        _room = new SemaphoreSlim(queueLength);
        new Thread(WriteUntilStopped) { IsBackground = true, Name = "sqlite writer" }.Start();
    }

    /// <summary>Does work in the next commit and returns its result when that is durable.</summary>
    /// <param name="work">Runs on the writer's thread; what it throws reaches the caller, and what it wrote is undone.</param>
    /// <param name="weight">How much of a batch it fills; at least 1.</param>
    /// <param name="cancellationToken">Before the work is taken up: it is dropped. Afterwards its outcome is unknown.</param>
    /// <exception cref="SqliteCommitException">The commit failed.</exception>
    /// <exception cref="ObjectDisposedException">The writer was stopped.</exception>
    public async Task<T> ExecuteAsync<T>(Func<TSession, T> work, int weight, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        Work<T> item = new(work, weight, cancellationToken);
        try
        {
            _queue.Add(item, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            _room.Release();
            throw new ObjectDisposedException(GetType().Name);
        }

        return await item.Outcome.WaitAsync(cancellationToken);
    }

    /// <summary>Takes no more work, does what waits, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        await _stopped.Task;
    }

    private void WriteUntilStopped()
    {
        foreach (Work first in _queue.GetConsumingEnumerable())
        {
            int weight = 0;
            Work? next = first;
            while (next is not null)
            {
                _room.Release();
                if (next.TryTake())
                {
                    _batch.Add(next);
                    weight += next.Weight;
                }

                next = weight < _batchSize && _queue.TryTake(out Work? waiting) ? waiting : null;
            }

            if (_batch.Count > 0)
            {
                Commit();
                _batch.Clear();
            }
        }

        Disconnect();
        _stopped.SetResult();
    }

    private void Commit()
    {
        try
        {
            _connection ??= new Connection(_file.OpenForWriting(), _openSession);
            _connection.Begin.Run();
            foreach (Work work in _batch)
            {
                Do(work, _connection);
            }

            _connection.Commit.Run();
        }
        catch (Exception exception)
        {
            // Whatever it was, the thread lives on: nobody may wait for ever. Closing the connection rolls back, and the next batch opens another.
            Disconnect();
            LogCommitFailed(_batch.Count, exception);
            foreach (Work work in _batch)
            {
                work.Fail(new SqliteCommitException("The commit failed. Free the disk or the lock; then repeat, with the same ids.", exception));
            }

            return;
        }

        foreach (Work work in _batch)
        {
            work.Complete();
        }
    }

    private static void Do(Work work, Connection connection)
    {
        connection.Savepoint.Run();
        if (!work.TryRun(connection.Session))
        {
            // Throws where SQLite itself has ended the transaction (disk full, I/O error): then the whole batch has failed.
            connection.Undo.Run();
        }

        connection.Release.Run();
    }

    private void Disconnect()
    {
        try
        {
            _connection?.Dispose();
        }
        catch (SqliteException exception)
        {
            LogCloseFailed(exception);
        }

        _connection = null;
    }

    private sealed class Connection : IDisposable
    {
        private readonly SqliteStatements _statements;

        public Connection(SqliteConnection connection, Func<SqliteStatements, TSession> openSession)
        {
            _statements = new SqliteStatements(connection);
            Begin = _statements.Prepare("BEGIN IMMEDIATE");
            Savepoint = _statements.Prepare("SAVEPOINT work");
            Undo = _statements.Prepare("ROLLBACK TO work");
            Release = _statements.Prepare("RELEASE work");
            Commit = _statements.Prepare("COMMIT");
            Session = openSession(_statements);
        }

        public TSession Session { get; }

        public SqliteStatement Begin { get; }

        public SqliteStatement Savepoint { get; }

        public SqliteStatement Undo { get; }

        public SqliteStatement Release { get; }

        public SqliteStatement Commit { get; }

        public void Dispose() => _statements.Dispose();
    }

    private abstract class Work(int weight, CancellationToken cancellationToken)
    {
        public int Weight => weight;

        protected CancellationToken CancellationToken => cancellationToken;

        public abstract bool TryTake();

        public abstract bool TryRun(TSession session);

        public abstract void Complete();

        public abstract void Fail(Exception exception);
    }

    private sealed class Work<T>(Func<TSession, T> work, int weight, CancellationToken cancellationToken) : Work(weight, cancellationToken)
    {
        private readonly TaskCompletionSource<T> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _exception;

        public Task<T> Outcome => _outcome.Task;

        public override bool TryTake() => !CancellationToken.IsCancellationRequested || !_outcome.TrySetCanceled(CancellationToken);

        public override bool TryRun(TSession session)
        {
            try
            {
                _result = work(session);
                return true;
            }
            catch (Exception exception)
            {
                _exception = exception;
                return false;
            }
        }

        public override void Complete()
        {
            if (_exception is null)
            {
                _outcome.SetResult(_result!);
            }
            else
            {
                _outcome.SetException(_exception);
            }
        }

        public override void Fail(Exception exception) => _outcome.SetException(exception);
    }
}
