using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Scripted;

/// <summary>Everything that one scripted answer waits for, ended by caller, deadline or the engine's end, each with its own exception.</summary>
internal sealed class ScriptedWaits : IDisposable
{
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _any;
    private readonly CancellationToken _stopping;
    private readonly CancellationToken _caller;
    private readonly TimeProvider _time;

    public ScriptedWaits(GenerationRequest request, AnswerProgress progress, TimeProvider time, CancellationToken stopping, CancellationToken caller)
    {
        Progress = progress;
        _time = time;
        (_stopping, _caller) = (stopping, caller);
        _deadline = request.Deadline is { } deadline
            ? new CancellationTokenSource(TimeSpan.FromTicks(Math.Max(0, (deadline - time.GetUtcNow()).Ticks)), time)
            : new CancellationTokenSource();
        _any = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, stopping, caller);
    }

    /// <summary>The refusal of an engine that has stopped.</summary>
    public static EngineRefusal StoppedRefusal { get; } = new(EngineRefusalKind.OutOfService, "The engine has stopped. Try another worker.");

    /// <summary>The answer that waits.</summary>
    public AnswerProgress Progress { get; }

    /// <summary>Whether the answer has begun: before that a deadline or stop is a refusal.</summary>
    public bool Begun { get; set; }

    public Task ForSlotAsync(SemaphoreSlim slots) => TranslateAsync(slots.WaitAsync);

    public Task ForAsync(TimeSpan delay) => TranslateAsync(token => Task.Delay(delay, _time, token));

    public void Dispose()
    {
        _any.Dispose();
        _deadline.Dispose();
    }

    private async Task TranslateAsync(Func<CancellationToken, Task> wait)
    {
        try
        {
            await wait(_any.Token);
        }
        catch (OperationCanceledException e) when (!_caller.IsCancellationRequested)
        {
            throw (Begun, _stopping.IsCancellationRequested) switch
            {
                (true, true) => Progress.Fail(GenerationFailure.EngineStopped, "The engine was stopped before the answer was complete.", e),
                (true, false) => Progress.Fail(GenerationFailure.DeadlinePassed, "The deadline passed before the answer was complete.", e),
                (false, true) => new EngineRefusalException(StoppedRefusal),
                (false, false) => new EngineRefusalException(RequestRules.DeadlinePassed),
            };
        }
    }
}
