using CocoonOrleans.Sealing;

namespace CocoonOrleans.Gateway.Sealing;

/// <summary>The nonces of clients that wait for one worker's next fresh statement: a request at a time goes to the worker, with all that came meanwhile. Thread-safe.</summary>
internal sealed class FreshQueue
{
    /// <summary>Most clients that wait.</summary>
    public const int MostWaiting = 1024;

    private readonly Lock _lock = new();
    private readonly List<Waiting> _waiting = [];
    private bool _isAsking;

    /// <summary>Waits for a statement that is newer than a nonce.</summary>
    /// <param name="nonce">The nonce.</param>
    /// <param name="most">Most nonces of one request.</param>
    /// <param name="ask">Asks the worker; gives one finding for each nonce, in their order. It does not throw.</param>
    /// <returns>The finding; null where too many wait.</returns>
    public Task<FreshFinding?> AskAsync(Digest nonce, int most, Func<IReadOnlyList<Digest>, Task<IReadOnlyList<FreshFinding?>>> ask)
    {
        var waiting = new Waiting(nonce);
        lock (_lock)
        {
            if (_waiting.Count >= MostWaiting)
            {
                return Task.FromResult<FreshFinding?>(null);
            }

            _waiting.Add(waiting);
            if (_isAsking)
            {
                return waiting.Found.Task;
            }

            _isAsking = true;
        }

        _ = AskAllAsync(most, ask);
        return waiting.Found.Task;
    }

    private async Task AskAllAsync(int most, Func<IReadOnlyList<Digest>, Task<IReadOnlyList<FreshFinding?>>> ask)
    {
        while (true)
        {
            Waiting[] next;
            lock (_lock)
            {
                next = [.. _waiting.Take(most)];
                _waiting.RemoveRange(0, next.Length);
                if (next.Length == 0)
                {
                    _isAsking = false;
                    return;
                }
            }

            IReadOnlyList<FreshFinding?> found = await ask([.. next.Select(static waiting => waiting.Nonce)]);
            foreach ((int index, Waiting waiting) in next.Index())
            {
                waiting.Found.SetResult(found[index]);
            }
        }
    }

    private sealed record Waiting(Digest Nonce)
    {
        public TaskCompletionSource<FreshFinding?> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
