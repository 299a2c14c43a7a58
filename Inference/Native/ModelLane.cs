using System.Diagnostics.CodeAnalysis;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Grammars;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Sampling;
using CocoonOrleans.Inference.Scheduling;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Inference.Native;

/// <summary>
/// All answers of one model: those that run, at most one for each slot, and those that wait. Each step computes the next tokens of all answers together, and
/// beside them the prompts of new ones, a piece at a time. The engine's thread alone calls what is not marked otherwise.
/// </summary>
internal sealed partial class ModelLane : IDisposable
{
    private const int MaximumFaultsInARow = 3;
    private const string BackendFailed = "The tensor library failed; the answer can't go on.";

    private readonly ITransformer _decoder;
    private readonly NativeEngineOptions _options;
    private readonly EngineMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly StartForecast _forecast = new();
    private readonly TokenSampler _sampler;
    private readonly BlockPool _pool;
    private readonly FairQueue _waiting = new();
    private readonly List<Sequence> _running = [];
    private readonly List<Sequence> _step = [];
    private readonly List<Sequence> _prompts = [];
    private readonly StepBatch _batch;
    private float[] _logits = [];
    private long _arrived;
    private int _faults;

    // Whether a part of the step's work is done: its sequences keep their blocks, and nobody joins them.
    private bool _underWay;
    private TimeSpan _stepTook;
    private volatile bool _outOfService;
    private volatile int _runningCount;
    private volatile int _requestsBegun;
    private volatile int _usedBlocks;
    private int _taken;

    public ModelLane(LoadedModel model, ITransformer decoder, NativeEngineOptions options, EngineMetrics metrics, TimeProvider time, ILogger logger)
    {
        Model = model;
        _decoder = decoder;
        _options = options;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        Grammars = new ModelGrammars(model, decoder.VocabularySize);
        _sampler = new TokenSampler(decoder.VocabularySize);
        _pool = new BlockPool(decoder.Blocks, decoder.Clear);

        // However many answers are under way, prompts go on by a block's length in each step. What can't come in pieces has room as a whole.
        _batch = new StepBatch(Math.Max(Math.Max(options.StepTokens, options.Slots) + IDecoder.BlockTokens, decoder.IsCausal ? 0 : decoder.ContextTokens));
    }

    /// <summary>The model. For any thread.</summary>
    public LoadedModel Model { get; }

    /// <summary>How it makes vectors; null where it generates. For any thread.</summary>
    public Pooling? Pooling { get; init; }

    /// <summary>The grammars of its requests. For any thread.</summary>
    public ModelGrammars Grammars { get; }

    /// <summary>Number of token ids. For any thread.</summary>
    public int VocabularySize => _decoder.VocabularySize;

    /// <summary>Whether faults took the model out of service. For any thread.</summary>
    public bool OutOfService => _outOfService;

    /// <summary>Answers under way. For any thread.</summary>
    public int Running => _runningCount;

    /// <summary>Requests of which no answer has a place. For any thread.</summary>
    public int Queued => Math.Max(0, Volatile.Read(ref _taken) - _requestsBegun);

    /// <summary>Part of the key-value cache that answers under way hold, 0 to 1. For any thread.</summary>
    public double CacheUse => (double)_usedBlocks / _pool.Count;

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
    public void Enqueue(Sequence sequence)
    {
        sequence.Number = ++_arrived;
        sequence.Blocks = new SequenceBlocks(_pool, PrefixKey.Root(Model.ManifestSha256, sequence.Shares ? sequence.TenantName : null), keep: sequence.Shares);
        _waiting.Enqueue(sequence);
    }

    /// <summary>One step: the next token of everyone whose prompt is done, then as much of the prompts as the step has room for.</summary>
    /// <returns>How many tokens were delivered, and whether there is more to do at once.</returns>
    public (int Tokens, bool Busy) Step()
    {
        DropUnwanted();
        if (!_underWay)
        {
            _batch.Clear();
            _step.Clear();
            MakePlaces();
            AddNextTokens();
            AddPrompts();
        }

        _usedBlocks = _pool.Used;
        if (_step.Count == 0)
        {
            return (0, false);
        }

        var tokens = Compute();
        if (_underWay)
        {
            return (0, true);
        }

        ReleaseEnded();
        if (tokens > 0)
        {
            _metrics.Delivered(Model.Name, tokens);
        }

        return (tokens, !_outOfService && (_running.Exists(sequence => sequence.HasRoom()) || (_waiting.Count > 0 && _running.Count < _options.Slots)));
    }

    /// <summary>Ends everything that runs or waits.</summary>
    public void FailAll(GenerationFailure failure, string message, EngineRefusal refusal, Exception? inner = null)
    {
        Fail(_running, failure, message, inner);
        foreach (var sequence in _waiting.Waiting.ToList())
        {
            if (sequence.Leader.Begun)
            {
                sequence.Fail(failure, message, inner);
            }
            else
            {
                sequence.Refuse(refusal);
            }

            _waiting.Remove(sequence);
            Dismiss(sequence);
        }
    }

    public void Dispose() => _decoder.Dispose();

    private void DropUnwanted()
    {
        var now = _time.GetUtcNow();
        foreach (var sequence in _running)
        {
            sequence.EndIfUnwanted();
            if (!_underWay)
            {
                // In the middle of a step all of its rows are pending still, though a part of the work is done.
                RefuseIfTooLate(sequence, now, sequence.Pending, rounds: 0);
            }
        }

        if (_underWay && _step.TrueForAll(sequence => sequence.Ended))
        {
            Abandon();
        }

        ReleaseEnded();
        if (_underWay || _waiting.Count == 0)
        {
            // Those that wait are looked at once in each step, not once for each of its parts.
            return;
        }

        foreach (var (sequence, ahead) in _waiting.WaitingInTurn.ToList())
        {
            sequence.EndIfUnwanted();
            RefuseIfTooLate(sequence, now, sequence.Length, ahead / _options.Slots);
            if (sequence.Ended)
            {
                _waiting.Remove(sequence);
                Dismiss(sequence);
            }
        }
    }

    /// <summary>Whoever can't begin before its deadline is told now, and nothing is computed for it.</summary>
    private void RefuseIfTooLate(Sequence sequence, DateTimeOffset now, int pending, int rounds)
    {
        // What the cache has is looked for only where it decides.
        if (sequence is { Deadline: { } deadline, Ended: false, Leader.Begun: false }
            && now + _forecast.Earliest(pending, rounds) > deadline
            && now + _forecast.Earliest(pending - (sequence.Blocks.CountCached(sequence.Tokens) - sequence.Blocks.Computed), rounds) > deadline)
        {
            sequence.Refuse(RequestRules.DeadlineTooShort);
        }
    }

    /// <summary>
    /// Requests of which no answer has a place get places, and room in the cache, of further answers: of the request that has most, the newest one. So each of as many requests as there are slots has a
    /// place, as far as the cache has room for one answer of each.
    /// </summary>
    private void MakePlaces()
    {
        while (_waiting.Count > 0 && FurtherAnswer() is { } further && _waiting.Peek() is { Places.Taken: 0 } next && (_waiting.WithoutPlace > _options.Slots - _running.Count || !HasRoomFor(next)))
        {
            Interrupt(further);
            _waiting.Return(further);
        }
    }

    /// <summary>The newest answer of the request that has most places; null where each has one only.</summary>
    private Sequence? FurtherAnswer()
    {
        Sequence? further = null;
        foreach (var sequence in _running)
        {
            if (sequence.Places.Taken > 1 && (further is null || sequence.Places.Taken >= further.Places.Taken))
            {
                further = sequence;
            }
        }

        return further;
    }

    // Without what the cache may have of it: that can't be taken for anything else either.
    private bool HasRoomFor(Sequence sequence) => SequenceBlocks.BlocksFor(sequence.Length) + _running.Count <= _pool.Available;

    /// <summary>The next token of those whose prompt is done. Whoever waits for its reader keeps its blocks and is left out.</summary>
    private void AddNextTokens()
    {
        for (var i = 0; i < _running.Count; i++)
        {
            if (_running[i] is { Pending: 1, Begun: true } sequence && sequence.HasRoom() && !TryReserve(sequence))
            {
                // Whoever gave its blocks up stood before this one or behind it.
                i = -1;
            }
        }

        foreach (var sequence in _running)
        {
            if (sequence is { Pending: 1, Begun: true } && sequence.HasRoom() && sequence.Blocks.Table.Capacity >= sequence.Length)
            {
                Add(sequence, 1);
            }
        }
    }

    /// <summary>Prompts, and what has to be computed again: of those that have a place, then of those that wait for one.</summary>
    private void AddPrompts()
    {
        var left = Math.Max(_options.StepTokens - _batch.Rows, IDecoder.BlockTokens);
        _prompts.Clear();
        foreach (var sequence in _running)
        {
            if ((sequence.Pending > 1 || !sequence.Begun) && sequence.HasRoom())
            {
                _prompts.Add(sequence);
            }
        }

        // Within the slots as before them: whoever was given fewest tokens first.
        _prompts.Sort(FairQueue.ByTurn);
        foreach (var sequence in _prompts)
        {
            if (left > 0)
            {
                left -= Add(sequence, left);
            }
        }

        while (left > 0 && _running.Count < _options.Slots && _waiting.Peek() is { } next)
        {
            if ((!_decoder.IsCausal && _step.Count > 0 && next.Length > left) || !TryAdmit(next))
            {
                return;
            }

            // Whoever was interrupted while its reader was slow goes on when the reader does.
            if (next.HasRoom())
            {
                left -= Add(next, left);
            }
        }
    }

    /// <summary>Gives a request its place, if the cache has room for all its tokens beside the next ones of those that run.</summary>
    private bool TryAdmit(Sequence sequence)
    {
        sequence.Blocks.Adopt(sequence.Tokens);
        var needed = SequenceBlocks.BlocksFor(sequence.Length) - sequence.Blocks.Table.Count;
        if (needed + _running.Count > _pool.Available)
        {
            sequence.Blocks.Release(pause: true);
            return false;
        }

        sequence.Blocks.TryReserve(sequence.Length);
        if (!sequence.Admitted && sequence.Leader == sequence)
        {
            sequence.CountCached(sequence.Blocks.Computed);
            _metrics.FoundInCache(Model.Name, sequence.Blocks.Computed);
        }

        sequence.Admit();
        sequence.PlacedAt = _time.GetTimestamp();
        _waiting.Remove(sequence);
        _running.Add(sequence);
        _runningCount = _running.Count;
        _requestsBegun += sequence.Places.Taken++ == 0 ? 1 : 0;
        return true;
    }

    /// <summary>Takes a sequence's place away.</summary>
    private void LeavePlace(Sequence sequence)
    {
        if (sequence.Ended)
        {
            _forecast.Released(_time.GetElapsedTime(sequence.PlacedAt));
        }

        _running.Remove(sequence);
        _runningCount = _running.Count;
        _requestsBegun -= --sequence.Places.Taken == 0 ? 1 : 0;
    }

    /// <summary>Finds room for a sequence's next token, at the cost of the newest answer of whoever was given most.</summary>
    /// <returns>False where an answer gave its place up.</returns>
    private bool TryReserve(Sequence sequence)
    {
        if (sequence.Blocks.TryReserve(sequence.Length))
        {
            return true;
        }

        var indebted = _running[0];
        foreach (var other in _running)
        {
            if (other.Tenant.Served > indebted.Tenant.Served || (other.Tenant.Served == indebted.Tenant.Served && other.Number > indebted.Number))
            {
                indebted = other;
            }
        }

        Interrupt(indebted);
        _waiting.ReturnFirst(indebted);
        return false;
    }

    /// <summary>An answer leaves its place and waits again; what it loses of the cache is computed again.</summary>
    private void Interrupt(Sequence sequence)
    {
        sequence.Blocks.Release(pause: true);
        LeavePlace(sequence);
        _metrics.Preempted(Model.Name);
    }

    private int Add(Sequence sequence, int most)
    {
        var rows = _decoder.IsCausal ? Math.Min(Math.Min(sequence.Pending, most), sequence.MostRows) : sequence.Pending;
        var computed = sequence.Blocks.Computed;
        _batch.Add(sequence.Tokens.Slice(computed, rows), computed, sequence.Blocks.Table, sequence.LogitRows(rows));
        _step.Add(sequence);
        return rows;
    }

    /// <summary>Computes the step. Where that fails, each answer is computed alone, so that only those fail that can't be.</summary>
    /// <returns>How many tokens were delivered.</returns>
    private int Compute()
    {
        if (TryContinue(out var fault))
        {
            return _underWay ? 0 : Deliver();
        }

        if (_step.Count == 1)
        {
            CountFault(_step[0], fault);
            return 0;
        }

        LogFault(_logger, fault, Model.Name, _step.Count);
        var tokens = 0;
        foreach (var (sequence, rows) in _step.Zip(_batch.Entries, (sequence, entry) => (sequence, entry.Rows)).ToList())
        {
            if (sequence.Ended)
            {
                // Nobody wanted it any more while the step was under way.
                continue;
            }

            _batch.Clear();
            _step.Clear();
            Add(sequence, rows);
            if (TryCompute(out fault))
            {
                tokens += Deliver();
            }
            else
            {
                CountFault(sequence, fault);
            }

            if (_outOfService)
            {
                break;
            }
        }

        return tokens;
    }

    private bool TryCompute([NotNullWhen(false)] out Exception? fault)
    {
        while (TryContinue(out fault))
        {
            if (!_underWay)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Does the next part of the step's work.</summary>
    private bool TryContinue([NotNullWhen(false)] out Exception? fault)
    {
        try
        {
            var started = _time.GetTimestamp();
            _underWay = !_decoder.Continue(_batch, Logits());
            _stepTook += _time.GetElapsedTime(started);
            fault = null;
            if (!_underWay)
            {
                _forecast.Computed(_step.Zip(_batch.Entries).Sum(row => row.First.Begun ? 0 : row.Second.Rows), _batch.Rows, _stepTook);
                (_stepTook, _faults) = (TimeSpan.Zero, 0);
            }

            return true;
        }
        catch (Exception e)
        {
            fault = e;
            Abandon();
            return false;
        }
    }

    private void Abandon()
    {
        _decoder.Abandon();
        (_underWay, _stepTook) = (false, TimeSpan.Zero);
    }

    /// <summary>A fault ends the answer that it was for, and, when it comes again and again, all of them.</summary>
    private void CountFault(Sequence sequence, Exception fault)
    {
        LogFault(_logger, fault, Model.Name, 1);
        Fail([sequence], GenerationFailure.Backend, BackendFailed, fault);
        if (++_faults >= MaximumFaultsInARow)
        {
            GoOutOfService(fault);
        }
    }

    private int Deliver()
    {
        var tokens = 0;
        var advanced = 0;
        var prompts = 0;
        for (var i = 0; i < _step.Count; i++)
        {
            var (sequence, entry) = (_step[i], _batch.Entries[i]);
            if (sequence.Ended)
            {
                continue;
            }

            sequence.Blocks.Advance(entry.Length, sequence.Tokens);
            sequence.Tenant.Served += entry.Rows;
            prompts += sequence.Begun ? 0 : entry.Rows;
            if (entry.LogitRows > 0)
            {
                advanced++;
                tokens += Advance(sequence, Logits().Slice(entry.FirstLogitRow * _decoder.RowSize, entry.LogitRows * _decoder.RowSize));
            }
        }

        if (prompts > 0)
        {
            _metrics.Prefilled(Model.Name, prompts);
        }

        if (advanced > 0)
        {
            _metrics.Stepped(Model.Name, advanced);
        }

        _batch.Clear();
        return tokens;
    }

    private int Advance(Sequence sequence, Span<float> logits)
    {
        try
        {
            var begun = sequence.Begun;
            var delivered = sequence.Advance(logits, _sampler);
            if (!begun && sequence.Begun)
            {
                BeginFollowers(sequence);
            }

            if (delivered)
            {
                sequence.LastTokenAt = begun ? _metrics.Next(Model.Name, sequence.LastTokenAt) : _metrics.Begun(Model.Name, sequence.Submitted, first: sequence.Leader == sequence);
                sequence.FirstTokenAt = begun ? sequence.FirstTokenAt : sequence.LastTokenAt;
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

    /// <summary>The prompt is computed: the request's other answers take their turns, and find its full blocks.</summary>
    private void BeginFollowers(Sequence leader)
    {
        foreach (var follower in leader.Followers)
        {
            follower.Blocks = leader.Blocks.Sibling();
        }

        _waiting.EnqueueFollowers(leader);
    }

    /// <summary>Takes the model out of service and ends all its answers.</summary>
    public void GoOutOfService(Exception e)
    {
        _outOfService = true;
        _underWay = false;
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
            _underWay = false;
            foreach (var sequence in _running)
            {
                sequence.Fail(failure, message, e);
            }

            _running.Clear();
            (_runningCount, _requestsBegun) = (0, 0);
        }
    }

    /// <summary>Gives back what ended answers have of the cache.</summary>
    private void ReleaseEnded()
    {
        for (var i = _running.Count - 1; i >= 0; i--)
        {
            // While a step is under way its keys and values are still written.
            if (_running[i] is { Ended: true } sequence && !(_underWay && _step.Contains(sequence)))
            {
                LeavePlace(sequence);
                sequence.Blocks.Release(pause: sequence.IsWaitedFor);
                Dismiss(sequence);
            }
        }
    }

    /// <summary>A sequence has ended and holds nothing any more.</summary>
    private void Dismiss(Sequence sequence)
    {
        _waiting.Leave(sequence);
        sequence.Blocks.End();
    }

    private Span<float> Logits()
    {
        if (_logits.Length < _batch.LogitRows * _decoder.RowSize)
        {
            _logits = new float[_batch.LogitRows * _decoder.RowSize];
        }

        return _logits.AsSpan(0, _batch.LogitRows * _decoder.RowSize);
    }
}
