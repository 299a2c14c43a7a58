using System.Threading.Channels;
using CocoonOrleans.Inference.Engines;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Inference.Native;

/// <summary>
/// The one thread that owns the tensor library. Commands come in by a bounded channel; between them it steps every model as long as there is something
/// to compute, and sleeps otherwise.
/// </summary>
internal sealed partial class EngineThread
{
    private readonly Channel<IEngineCommand> _commands;
    private readonly object _wake = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IDecoderFactory _decoders;
    private readonly TokenRate _rate;
    private readonly ILogger _logger;
    private readonly List<ModelLane> _lanes = [];
    private bool _woken;
    private volatile bool _stopping;

    public EngineThread(IDecoderFactory decoders, TokenRate rate, int commandsAhead, ILogger logger)
    {
        _decoders = decoders;
        _rate = rate;
        _logger = logger;
        _commands = Channel.CreateBounded<IEngineCommand>(new BoundedChannelOptions(commandsAhead) { SingleReader = true });
        new Thread(Run) { IsBackground = true, Name = "Inference engine" }.Start();
    }

    /// <summary>Whether the engine takes no more commands.</summary>
    public bool Stopped => _stopping || _ended.Task.IsCompleted;

    /// <summary>The refusal of an engine that has stopped or is about to.</summary>
    public static EngineRefusal StoppedRefusal { get; } = new(EngineRefusalKind.OutOfService, "The engine has stopped. Try another worker.");

    /// <summary>Hands a command over. Every command that is taken is answered, even if the engine stops.</summary>
    /// <returns>False where too many wait, or the engine has stopped.</returns>
    public bool TryPost(IEngineCommand command)
    {
        if (!_commands.Writer.TryWrite(command))
        {
            return false;
        }

        Wake();
        return true;
    }

    /// <summary>Makes the thread look for what changed: a cancellation, a deadline, a reader who has read.</summary>
    public void Wake()
    {
        lock (_wake)
        {
            _woken = true;
            Monitor.Pulse(_wake);
        }
    }

    /// <summary>Ends everything under way and the thread.</summary>
    /// <returns>Completes when the thread has given everything back.</returns>
    public Task StopAsync()
    {
        _stopping = true;
        Wake();
        return _ended.Task;
    }

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                if (!StepOnce())
                {
                    Sleep();
                }
            }
        }
        catch (Exception e)
        {
            LogThreadFailed(_logger, e);
            _stopping = true;
        }

        End();
    }

    private void Sleep()
    {
        lock (_wake)
        {
            while (!_woken)
            {
                Monitor.Wait(_wake);
            }

            _woken = false;
        }
    }

    private bool StepOnce()
    {
        while (_commands.Reader.TryRead(out var command))
        {
            command.Run(_decoders, _lanes);
        }

        var busy = false;
        foreach (var lane in _lanes)
        {
            busy |= StepOnce(lane);
        }

        return busy;
    }

    private bool StepOnce(ModelLane lane)
    {
        try
        {
            var (tokens, more) = lane.Step();
            _rate.Add(tokens);
            return more;
        }
        catch (Exception e)
        {
            // A fault that the model's own code did not expect: the other models go on.
            lane.GoOutOfService(e);
            return false;
        }
    }

    private void End()
    {
        _commands.Writer.TryComplete();
        while (_commands.Reader.TryRead(out var command))
        {
            command.Refuse(StoppedRefusal);
        }

        // Callers first: whatever fails below, none of them waits for an answer that never comes.
        foreach (var lane in _lanes)
        {
            lane.FailAll(GenerationFailure.EngineStopped, "The engine was stopped before the answer was complete.", StoppedRefusal);
        }

        try
        {
            _lanes.ForEach(lane => lane.Dispose());
            _decoders.Dispose();
        }
        catch (Exception e)
        {
            LogThreadFailed(_logger, e);
        }

        _ended.SetResult();
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The inference engine's thread failed; this engine answers nothing any more")]
    private static partial void LogThreadFailed(ILogger logger, Exception error);
}
