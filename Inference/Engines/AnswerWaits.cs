namespace CocoonOrleans.Inference.Engines;

/// <summary>Everything that one answer waits for outside the engine's own thread, ended by caller, deadline or the engine's end, each with its own exception.</summary>
internal sealed class AnswerWaits : IDisposable
{
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _any;
    private readonly CancellationToken _stopping;
    private readonly CancellationToken _caller;
    private readonly Func<GenerationUsage> _usage;

    /// <param name="at">When the answer is of no use any more; null: never.</param>
    /// <param name="usage">What it has used so far.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stopping">Cancelled when the engine stops.</param>
    /// <param name="caller">Cancelled when nobody wants the answer any more.</param>
    public AnswerWaits(DateTimeOffset? at, Func<GenerationUsage> usage, TimeProvider time, CancellationToken stopping, CancellationToken caller)
    {
        (_usage, _stopping, _caller) = (usage, stopping, caller);
        _deadline = at is { } deadline
            ? new CancellationTokenSource(TimeSpan.FromTicks(Math.Max(0, (deadline - time.GetUtcNow()).Ticks)), time)
            : new CancellationTokenSource();
        _any = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, stopping, caller);
    }

    /// <summary>The refusal of an engine that has stopped.</summary>
    public static EngineRefusal StoppedRefusal { get; } = new(EngineRefusalKind.OutOfService, "The engine has stopped. Try another worker.");

    /// <summary>Whether the answer has begun: before that a deadline or stop is a refusal.</summary>
    public bool Begun { get; set; }

    /// <summary>Whether caller, deadline or the engine's end is there.</summary>
    public bool Over => _any.IsCancellationRequested;

    /// <summary>Waits.</summary>
    public async Task ForAsync(Func<CancellationToken, Task> wait)
    {
        try
        {
            await wait(_any.Token);
        }
        catch (OperationCanceledException e) when (Over)
        {
            throw Translate(e);
        }
    }

    /// <summary>Waits for something that comes.</summary>
    public async Task<T> ForAsync<T>(Func<CancellationToken, Task<T>> wait)
    {
        try
        {
            return await wait(_any.Token);
        }
        catch (OperationCanceledException e) when (Over)
        {
            throw Translate(e);
        }
    }

    /// <summary>Between two steps that wait for nothing.</summary>
    public void ThrowIfOver()
    {
        if (Over)
        {
            throw Translate(new OperationCanceledException(_any.Token));
        }
    }

    public void Dispose()
    {
        _any.Dispose();
        _deadline.Dispose();
    }

    private Exception Translate(OperationCanceledException e)
    {
        if (_caller.IsCancellationRequested)
        {
            return new OperationCanceledException(e.Message, e, _caller);
        }

        return (Begun, _stopping.IsCancellationRequested) switch
        {
            (true, true) => new GenerationFailedException(GenerationFailure.EngineStopped, "The engine was stopped before the answer was complete.", _usage(), e),
            (true, false) => new GenerationFailedException(GenerationFailure.DeadlinePassed, "The deadline passed before the answer was complete.", _usage(), e),
            (false, true) => new EngineRefusalException(StoppedRefusal),
            (false, false) => new EngineRefusalException(RequestRules.DeadlinePassed),
        };
    }
}
