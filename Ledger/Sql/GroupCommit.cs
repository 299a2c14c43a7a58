using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using CocoonOrleans.Ledger.Operations;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>
/// A process's one writer of a database: everything that waits is done in one transaction, so that many changes share one fsync. Of a piece of work that
/// throws nothing stays, and the others are not touched. A failed commit fails its batch, the connection is opened anew, and the writer goes on.
/// It has a thread of its own, since it blocks and must not stall the pool that grains run on.
/// </summary>
/// <typeparam name="TSession">What the work is done with: the statements prepared on the writer's connection.</typeparam>
public partial class GroupCommit<TSession> : IAsyncDisposable
    where TSession : class
{
    private readonly string _name;
    private readonly Func<IBatchConnection<TSession>> _connect;
    private readonly int _batchSize;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _room;
    private readonly BlockingCollection<Work> _queue = [];
    private readonly List<Work> _batch = [];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IBatchConnection<TSession>? _connection;

    /// <summary>Starts the writer. The first work connects it.</summary>
    /// <param name="name">What is written, for logs and metrics, such as <c>ledger</c>.</param>
    /// <param name="connect">Opens a connection, with its session.</param>
    /// <param name="queueLength">How many pieces of work may wait; the next caller waits to be let in.</param>
    /// <param name="batchSize">At which sum of weights a batch takes no more work.</param>
    /// <param name="logger">Where failed commits are told.</param>
    internal GroupCommit(string name, Func<IBatchConnection<TSession>> connect, int queueLength, int batchSize, ILogger logger)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(queueLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        _name = name;
        _connect = connect;
        _batchSize = batchSize;
        _logger = logger;
        _room = new SemaphoreSlim(queueLength);
        new Thread(WriteUntilStopped) { IsBackground = true, Name = $"{name} writer" }.Start();
    }

    /// <summary>Does work in the next commit and returns its result when that is durable.</summary>
    /// <param name="work">Runs on the writer's thread; what it throws reaches the caller, and what it wrote is undone.</param>
    /// <param name="weight">How much of a batch it fills; at least 1.</param>
    /// <param name="cancellationToken">Before the work is taken up: it is dropped. Afterwards its outcome is unknown.</param>
    /// <exception cref="CommitException">The commit failed.</exception>
    /// <exception cref="ObjectDisposedException">The writer was stopped.</exception>
    public Task<T> ExecuteAsync<T>(Func<TSession, T> work, int weight, CancellationToken cancellationToken) =>
        ExecuteAsync(work, [], weight, cancellationToken);

    /// <summary>Does work of which it is known before what it applies: a database may do several such pieces as one.</summary>
    internal async Task<T> ExecuteAsync<T>(
        Func<TSession, T> work, IReadOnlyList<LedgerOperation> operations, int weight, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        Work<T> item = new(work, operations, weight, cancellationToken);
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

    /// <summary>Takes no more work, does what waits, and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        await _stopped.Task;
        GC.SuppressFinalize(this);
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
        long start = Stopwatch.GetTimestamp();
        try
        {
            _connection ??= _connect();
            _connection.Commit(_batch);
            CommitMetrics.Record(_name, _batch.Count, Stopwatch.GetElapsedTime(start));
        }
        catch (Exception exception)
        {
            // Whatever it was, the thread lives on: nobody may wait for ever. Closing the connection rolls back, and the next batch opens another.
            Disconnect();
            LogCommitFailed(_name, _batch.Count, exception);
            foreach (Work work in _batch)
            {
                work.Fail(new CommitException("The commit failed. Free the disk or the lock, or start the database; then repeat, with the same ids.", exception));
            }

            return;
        }

        foreach (Work work in _batch)
        {
            work.Complete();
        }
    }

    private void Disconnect()
    {
        try
        {
            _connection?.Dispose();
        }
        catch (DbException exception)
        {
            LogCloseFailed(_name, exception);
        }

        _connection = null;
    }

    private abstract class Work(IReadOnlyList<LedgerOperation> operations, int weight, CancellationToken cancellationToken) : IBatchWork<TSession>
    {
        public IReadOnlyList<LedgerOperation> Operations => operations;

        public int Weight => weight;

        protected CancellationToken CancellationToken => cancellationToken;

        public abstract bool TryTake();

        public abstract bool TryRun(TSession session);

        public abstract void Complete();

        public abstract void Fail(Exception exception);
    }

    private sealed class Work<T>(Func<TSession, T> work, IReadOnlyList<LedgerOperation> operations, int weight, CancellationToken cancellationToken)
        : Work(operations, weight, cancellationToken)
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
                _exception = null;
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
