namespace CocoonOrleans.Gateway.Responses;

/// <summary>The events of a response as they come, for any number of readers. The number of an event is its <c>sequence_number</c>.</summary>
public sealed class ResponseLog
{
    private readonly Lock _lock = new();
    private readonly List<ResponseEvent> _events = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended;

    /// <summary>How many events there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _events.Count;
            }
        }
    }

    /// <summary>Adds an event.</summary>
    /// <param name="make">Makes it, given its number.</param>
    public void Append(Func<int, ResponseEvent> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        lock (_lock)
        {
            _events.Add(make(_events.Count));
            Signal();
        }
    }

    /// <summary>Says that no more will come.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            Signal();
        }
    }

    /// <summary>What is there from a number on, and what completes when there is more.</summary>
    /// <param name="from">The first number.</param>
    /// <returns>The events; whether they are the last ones; and the signal.</returns>
    public (IReadOnlyList<ResponseEvent> Events, bool Ended, Task Changed) Read(int from)
    {
        lock (_lock)
        {
            return (from < _events.Count ? _events.GetRange(from, _events.Count - from) : [], _ended, _changed.Task);
        }
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
