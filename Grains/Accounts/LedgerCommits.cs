using System.Diagnostics;
using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Operations;

namespace CocoonOrleans.Grains.Accounts;

/// <summary>
/// Group commit for one account: what arrives while a commit is in flight shares the next one. With a commit of 5 ms that is the difference
/// between some hundred holds a second on a busy account and many thousand. Not thread-safe: a grain's turns are its lock.
/// </summary>
/// <param name="commit">Makes a batch durable (<see cref="ILedger.ExecuteAsync"/>).</param>
/// <param name="queueLength">The most operations that wait.</param>
internal sealed class LedgerCommits(
    Func<IReadOnlyList<LedgerOperation>, CancellationToken, Task<IReadOnlyList<LedgerResult>>> commit,
    int queueLength)
{
    // The last step of a request's trace. The commit itself is shared, and so has no parent of its own.
    private static readonly ActivitySource Source = new("CocoonOrleans.Accounts");

    private readonly Queue<Call> _waiting = new();
    private int _waitingOperations;
    private bool _committing;

    /// <summary>Applies operations in their order and in one commit. Durable when it returns.</summary>
    /// <param name="operations">At least one; they stay together.</param>
    /// <param name="cancellationToken">Until the commit begins it takes the operations back; afterwards their outcome is unknown.</param>
    /// <returns>One result for each operation.</returns>
    /// <exception cref="LedgerUnavailableException">The queue is full or the commit failed.</exception>
    public async Task<IReadOnlyList<LedgerResult>> CommitAsync(IReadOnlyList<LedgerOperation> operations, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using Activity? span = Source.StartActivity("ledger.commit");
        span?.SetTag("cocoon.ledger.operations", operations.Count);
        if (_waitingOperations + operations.Count > queueLength)
        {
            throw new LedgerUnavailableException("The account has too many operations waiting.");
        }

        var call = new Call(operations, cancellationToken);
        _waiting.Enqueue(call);
        _waitingOperations += operations.Count;
        if (!_committing)
        {
            _committing = true;
            _ = CommitWaitingAsync();
        }

        return await call.Completion.Task.WaitAsync(cancellationToken);
    }

    private async Task CommitWaitingAsync()
    {
        var batch = new List<LedgerOperation>();
        var calls = new List<Call>();
        while (_waiting.Count > 0)
        {
            batch.Clear();
            calls.Clear();
            while (_waiting.TryPeek(out Call? next) && batch.Count + next.Operations.Count <= LedgerLimits.MaxOperationsPerCall)
            {
                _waiting.Dequeue();
                _waitingOperations -= next.Operations.Count;
                if (!next.CancellationToken.IsCancellationRequested)
                {
                    calls.Add(next);
                    batch.AddRange(next.Operations);
                }
            }

            if (calls.Count == 0)
            {
                continue;
            }

            try
            {
                IReadOnlyList<LedgerResult> results = await commit(batch.ToArray(), CancellationToken.None);
                int first = 0;
                foreach (Call call in calls)
                {
                    call.Completion.TrySetResult([.. results.Skip(first).Take(call.Operations.Count)]);
                    first += call.Operations.Count;
                }
            }
#pragma warning disable CA1031 // Whatever went wrong is each caller's to hear; the loop must go on for the next ones.
            catch (Exception error)
#pragma warning restore CA1031
            {
                calls.ForEach(call => call.Completion.TrySetException(error));
            }
        }

        _committing = false;
    }

    private sealed record Call(IReadOnlyList<LedgerOperation> Operations, CancellationToken CancellationToken)
    {
        public TaskCompletionSource<IReadOnlyList<LedgerResult>> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
