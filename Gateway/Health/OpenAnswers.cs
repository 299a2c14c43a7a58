namespace CocoonOrleans.Gateway.Health;

/// <summary>Counts the answers that are under way.</summary>
public sealed class OpenAnswers
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _none;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>One more.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            Count++;
        }
    }

    /// <summary>One less.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (--Count == 0)
            {
                _none?.TrySetResult();
                _none = null;
            }
        }
    }

    /// <summary>Completes when there is none.</summary>
    public Task WhenNoneAsync()
    {
        lock (_lock)
        {
            if (Count == 0)
            {
                return Task.CompletedTask;
            }

            _none ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _none.Task;
        }
    }
}
