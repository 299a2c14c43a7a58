namespace CocoonOrleans.Inference.Engines;

/// <summary>The slots of one model whose answers run outside an engine's own thread, and the bounded queue before them. Safe for several threads.</summary>
internal sealed class ModelSlots
{
    private readonly SemaphoreSlim _free;
    private readonly int _slots;
    private readonly int _queue;
    private int _taken;
    private int _running;
    private int _begun;

    private ModelSlots(SemaphoreSlim free, int slots, int queue) => (_free, _slots, _queue) = (free, slots, queue);

    /// <summary>Makes them.</summary>
    /// <param name="slots">Answers that run at the same time.</param>
    /// <param name="queue">Requests that may wait besides.</param>
    // Nobody disposes the semaphore: answers may end after their engine, and it holds nothing but memory.
    public static ModelSlots Of(int slots, int queue) => new(new SemaphoreSlim(slots), slots, queue);

    /// <summary>Answers under way.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Requests that wait for their first slot.</summary>
    public int Queued => Math.Max(0, Volatile.Read(ref _taken) - Volatile.Read(ref _begun));

    /// <summary>Takes a place in the queue.</summary>
    /// <exception cref="EngineRefusalException">All places are taken.</exception>
    public Place Enter()
    {
        if (Interlocked.Increment(ref _taken) <= _slots + _queue)
        {
            return new Place(this);
        }

        Interlocked.Decrement(ref _taken);
        throw new EngineRefusalException(RequestRules.QueueFull(_slots, _queue));
    }

    /// <summary>One request's place: first in the queue, then in as many slots as it has answers. Disposed after all of its slots.</summary>
    internal sealed class Place(ModelSlots slots) : IDisposable
    {
        private int _begun;

        /// <summary>Waits for a slot; disposing it gives it back.</summary>
        public async Task<IDisposable> WaitForSlotAsync(CancellationToken cancellationToken)
        {
            await slots._free.WaitAsync(cancellationToken);
            if (Interlocked.Exchange(ref _begun, 1) == 0)
            {
                Interlocked.Increment(ref slots._begun);
            }

            return new Slot(slots);
        }

        public void Dispose()
        {
            Interlocked.Add(ref slots._begun, -_begun);
            Interlocked.Decrement(ref slots._taken);
        }
    }

    private sealed class Slot : IDisposable
    {
        private readonly ModelSlots _slots;

        public Slot(ModelSlots slots)
        {
            _slots = slots;
            Interlocked.Increment(ref slots._running);
        }

        public void Dispose()
        {
            Interlocked.Decrement(ref _slots._running);
            _slots._free.Release();
        }
    }
}
