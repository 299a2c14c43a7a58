namespace CocoonOrleans.Gateway.Markets;

/// <summary>Jobs of one model that wait for a slot, first come first served, at most so many. Thread-safe.</summary>
/// <param name="capacity">The most that may wait.</param>
public sealed class WaitingRoom(int capacity)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Ticket> _tickets = [];

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _tickets.Count;
            }
        }
    }

    /// <summary>Takes a place at the end of the queue, kept until it is disposed.</summary>
    /// <returns>Null where the room is full.</returns>
    public Ticket? TryEnter()
    {
        lock (_lock)
        {
            if (_tickets.Count >= capacity)
            {
                return null;
            }

            var ticket = new Ticket(this);
            ticket.Node = _tickets.AddLast(ticket);
            return ticket;
        }
    }

    /// <summary>Some slots may be free: calls the first jobs that were not called since they last looked.</summary>
    /// <param name="slots">How many to call.</param>
    public void Call(int slots)
    {
        lock (_lock)
        {
            for (LinkedListNode<Ticket>? node = _tickets.First; node is not null && slots > 0; node = node.Next)
            {
                if (node.Value.TryCall())
                {
                    slots--;
                }
            }
        }
    }

    private void Leave(Ticket ticket)
    {
        lock (_lock)
        {
            if (ticket.Node?.List is null)
            {
                return;
            }

            _tickets.Remove(ticket.Node);

            // A call that it can't answer any more is another one's.
            if (ticket.IsCalled)
            {
                Call(1);
            }
        }
    }

    /// <summary>A place in the queue.</summary>
    public sealed class Ticket : IDisposable
    {
        private readonly WaitingRoom _room;
        private TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Ticket(WaitingRoom room) => _room = room;

        internal LinkedListNode<Ticket>? Node { get; set; }

        internal bool IsCalled => _called.Task.IsCompleted;

        /// <summary>Waits to be called; a call that came while nobody waited counts.</summary>
        public async Task WaitAsync(CancellationToken cancellationToken)
        {
            await _called.Task.WaitAsync(cancellationToken);
            lock (_room._lock)
            {
                _called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        /// <summary>Leaves the queue.</summary>
        public void Dispose() => _room.Leave(this);

        internal bool TryCall() => _called.TrySetResult();
    }
}
