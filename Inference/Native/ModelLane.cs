using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Sampling;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Inference.Native;

/// <summary>
/// All answers of one model: those that run, at most one for each slot, and those that wait, in the order in which they came. The engine's thread
/// alone calls what is not marked otherwise.
/// </summary>
internal sealed partial class ModelLane : IDisposable
{
    private const int MaximumFaultsInARow = 3;
    private const string BackendFailed = "The tensor library failed; the answer can't go on.";

    private readonly IDecoder _decoder;
    private readonly NativeEngineOptions _options;
    private readonly EngineMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TokenSampler _sampler;
    private readonly List<Sequence> _running = [];
    private readonly LinkedList<Sequence> _waiting = [];
    private readonly int[] _ids;
    private readonly int[] _positions;
    private float[] _logits = [];
    private int _faults;
    private volatile bool _outOfService;
    private volatile int _runningCount;
    private int _taken;

    public ModelLane(LoadedModel model, IDecoder decoder, NativeEngineOptions options, EngineMetrics metrics, ILogger logger)
    {
        Model = model;
        _decoder = decoder;
        _options = options;
        _metrics = metrics;
        _logger = logger;
        _sampler = new TokenSampler(decoder.VocabularySize);
        _ids = new int[options.Slots];
        _positions = new int[options.Slots];
    }

    /// <summary>The model. For any thread.</summary>
    public LoadedModel Model { get; }

    /// <summary>Number of token ids. For any thread.</summary>
    public int VocabularySize => _decoder.VocabularySize;

    /// <summary>Whether faults took the model out of service. For any thread.</summary>
    public bool OutOfService => _outOfService;

    /// <summary>Answers under way. For any thread.</summary>
    public int Running => _runningCount;

    /// <summary>Requests that wait. For any thread.</summary>
    public int Queued => Math.Max(0, Volatile.Read(ref _taken) - _runningCount);

    /// <summary>Takes a place among those that run or wait, if there is one. For any thread; whoever got one calls <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _taken) <= _options.Slots + _options.Queue)
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>Gives a place back. For any thread.</summary>
    public void Leave() => Interlocked.Decrement(ref _taken);

    /// <summary>Lets a request wait for its turn.</summary>
    public void Enqueue(Sequence sequence) => _waiting.AddLast(sequence);

    /// <summary>One step: the next token of everyone who runs, then the prompts of those who wait, as far as slots and the step's share reach.</summary>
    /// <returns>How many tokens were delivered, and whether there is more to do at once.</returns>
    public (int Tokens, bool Busy) Step()
    {
        DropUnwanted();
        var tokens = Decode() + Begin();
        if (tokens > 0)
        {
            _metrics.Delivered(Model.Name, tokens);
        }

        return (tokens, _running.Exists(sequence => sequence.HasRoom()) || (_waiting.Count > 0 && _running.Count < _options.Slots));
    }

    /// <summary>Ends everything that runs or waits.</summary>
    public void FailAll(GenerationFailure failure, string message, EngineRefusal refusal, Exception? inner = null)
    {
        Fail(_running, failure, message, inner);
        foreach (var sequence in _waiting)
        {
            sequence.Refuse(refusal);
        }

        _waiting.Clear();
    }

    public void Dispose() => _decoder.Dispose();

    private void DropUnwanted()
    {
        foreach (var sequence in _running)
        {
            sequence.EndIfUnwanted();
        }

        ReleaseEnded();
        for (var node = _waiting.First; node is not null;)
        {
            var next = node.Next;
            node.Value.EndIfUnwanted();
            if (node.Value.Ended)
            {
                _waiting.Remove(node);
            }

            node = next;
        }
    }

    private int Decode()
    {
        if (!_running.Exists(sequence => sequence.HasRoom()))
        {
            return 0;
        }

        var count = _running.Count;
        for (var slot = 0; slot < count; slot++)
        {
            (_ids[slot], _positions[slot]) = (_running[slot].NextId, _running[slot].Position);
        }

        // Whoever waits for a reader is computed too, since slots have no gap, but keeps its token for later: computing it again changes nothing.
        var logits = Logits(count);
        if (!Compute(() => _decoder.Decode(_ids.AsSpan(0, count), _positions.AsSpan(0, count), Logits(count)), _running))
        {
            return 0;
        }

        var tokens = 0;
        var advanced = 0;
        for (var slot = 0; slot < count; slot++)
        {
            if (_running[slot].HasRoom())
            {
                advanced++;
                tokens += Advance(_running[slot], logits.Slice(slot * VocabularySize, VocabularySize));
            }
        }

        _metrics.Stepped(Model.Name, advanced);
        ReleaseEnded();
        return tokens;
    }

    private int Begin()
    {
        var tokens = 0;
        for (var share = _options.PrefillTokensPerStep; share > 0 && _waiting.First is { } first && _running.Count < _options.Slots && !_outOfService;)
        {
            var sequence = first.Value;
            var prompt = sequence.Request.PromptIds;
            share -= prompt.Length;
            _waiting.RemoveFirst();
            _running.Add(sequence);
            _runningCount = _running.Count;
            if (Compute(() => _decoder.Prefill(_running.Count - 1, prompt.Span, Logits(1)), [sequence]))
            {
                _metrics.Prefilled(Model.Name, prompt.Length);
                tokens += Advance(sequence, Logits(1));
                ReleaseEnded();
            }
        }

        return tokens;
    }

    private int Advance(Sequence sequence, Span<float> logits)
    {
        try
        {
            var begun = sequence.Begun;
            var delivered = sequence.Advance(logits, _sampler);
            if (delivered && !begun)
            {
                sequence.FirstTokenAt = _metrics.Begun(Model.Name, sequence.Submitted);
            }

            if (sequence.Completed)
            {
                _metrics.Completed(Model.Name, sequence.FirstTokenAt, sequence.CompletionTokens);
            }

            return delivered ? 1 : 0;
        }
        catch (Exception e)
        {
            // Whatever is wrong with this answer is no reason to end another one.
            LogFault(_logger, e, Model.Name, 1);
            sequence.Fail(GenerationFailure.Backend, BackendFailed, e);
            return 0;
        }
    }

    /// <summary>Computes. A fault ends the answers that it was for, and, when it comes again and again, all of them.</summary>
    private bool Compute(Action compute, IReadOnlyList<Sequence> answers)
    {
        try
        {
            compute();
            _faults = 0;
            return true;
        }
        catch (Exception e)
        {
            LogFault(_logger, e, Model.Name, answers.Count);
            Fail(answers, GenerationFailure.Backend, BackendFailed, e);
            if (++_faults >= MaximumFaultsInARow)
            {
                GoOutOfService(e);
            }

            return false;
        }
    }

    /// <summary>Takes the model out of service and ends all its answers.</summary>
    public void GoOutOfService(Exception e)
    {
        _outOfService = true;
        LogOutOfService(_logger, e, Model.Name, _faults);
        FailAll(GenerationFailure.Backend, BackendFailed, OutOfServiceRefusal(Model), e);
    }

    /// <summary>The refusal of a model that faults took out of service.</summary>
    public static EngineRefusal OutOfServiceRefusal(LoadedModel model)
        => new(EngineRefusalKind.OutOfService, $"The model {model.Name} is out of service on this worker after repeated faults. Restart the worker; its log names the faults.");

    private void Fail(IReadOnlyList<Sequence> answers, GenerationFailure failure, string message, Exception? inner)
    {
        foreach (var sequence in answers)
        {
            sequence.Fail(failure, message, inner);
        }

        try
        {
            ReleaseEnded();
        }
        catch (Exception e)
        {
            // Whoever can't even clear a cache can't compute: nobody else gets one of these slots.
            LogFault(_logger, e, Model.Name, 0);
            _outOfService = true;
            foreach (var sequence in _running)
            {
                sequence.Fail(failure, message, e);
            }

            _running.Clear();
            _runningCount = 0;
        }
    }

    /// <summary>Empties the slots of ended answers and closes the gaps with the last ones.</summary>
    private void ReleaseEnded()
    {
        for (var slot = _running.Count - 1; slot >= 0; slot--)
        {
            if (!_running[slot].Ended)
            {
                continue;
            }

            var last = _running.Count - 1;
            _decoder.Clear(slot, _running[slot].Stored);
            if (slot < last)
            {
                _decoder.Move(last, slot, _running[last].Stored);
                _running[slot] = _running[last];
            }

            _running.RemoveAt(last);
        }

        _runningCount = _running.Count;
    }

    private Span<float> Logits(int rows)
    {
        if (_logits.Length < rows * VocabularySize)
        {
            _logits = new float[rows * VocabularySize];
        }

        return _logits.AsSpan(0, rows * VocabularySize);
    }
}
