using System.Threading.Channels;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Grammars;
using CocoonOrleans.Inference.Sampling;
using CocoonOrleans.Inference.Scheduling;

namespace CocoonOrleans.Inference.Native;

/// <summary>
/// One answer on its way: between a caller, who reads events, and the engine's thread, which alone may call what is not marked otherwise.
/// </summary>
internal sealed class Sequence(GenerationRequest request, AnswerProgress progress, AnswerGrammar? grammar, int eventsAhead, long submitted)
{
    private readonly Channel<GenerationEvent> _events = Channel.CreateBounded<GenerationEvent>(
        new BoundedChannelOptions(eventsAhead) { SingleReader = true, SingleWriter = true });

    private readonly LogitAdjustment _adjustment = new(request.Sampling, request.PromptIds.Span);
    private int[] _tokens = request.PromptIds.ToArray();
    private volatile bool _waitsForReader;
    private volatile bool _cancelled;
    private volatile bool _expired;

    /// <summary>The request.</summary>
    public GenerationRequest Request => request;

    /// <summary>The caller's end. For the caller.</summary>
    public ChannelReader<GenerationEvent> Events => _events.Reader;

    /// <summary>When the caller submitted it, as the clock's timestamp.</summary>
    public long Submitted => submitted;

    /// <summary>When its first token came, as the clock's timestamp; 0 before that.</summary>
    public long FirstTokenAt { get; set; }

    /// <summary>When its last token came, as the clock's timestamp; 0 before that.</summary>
    public long LastTokenAt { get; set; }

    /// <summary>Tokens generated so far.</summary>
    public int CompletionTokens => progress.Usage.CompletionTokens;

    /// <summary>Place in the order of arrival, from 1 up.</summary>
    public long Number { get; set; }

    /// <summary>Whose request it is.</summary>
    public Tenant Tenant { get; set; } = null!;

    /// <summary>Its part of the key-value cache.</summary>
    public SequenceBlocks Blocks { get; set; } = null!;

    /// <summary>Token ids of prompt and answer so far.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Length);

    /// <summary>Number of tokens of prompt and answer so far.</summary>
    public int Length { get; private set; } = request.PromptIds.Length;

    /// <summary>Tokens whose keys and values are not stored yet.</summary>
    public int Pending => Length - Blocks.Computed;

    /// <summary>Whether a token was generated.</summary>
    public bool Begun { get; private set; }

    /// <summary>Whether no more events follow.</summary>
    public bool Ended { get; private set; }

    /// <summary>Whether it ended as an answer should, without a failure.</summary>
    public bool Completed { get; private set; }

    /// <summary>Nobody wants the rest of the answer. For any thread.</summary>
    public void Cancel() => _cancelled = true;

    /// <summary>The deadline passed. For any thread.</summary>
    public void Expire() => _expired = true;

    /// <summary>Whether the engine holds this answer back until the caller has read. For the caller, after each read: then the engine has to be woken.</summary>
    public bool IsWaitingForReader()
    {
        // Pairs with the barrier in HasRoom: one of the two threads sees what the other one did.
        Interlocked.MemoryBarrier();
        return _waitsForReader;
    }

    /// <summary>Whether one step's events, a token and the end, find room.</summary>
    public bool HasRoom()
    {
        _waitsForReader = Full();
        if (_waitsForReader)
        {
            Interlocked.MemoryBarrier();
            _waitsForReader = Full();
        }

        return !_waitsForReader;

        bool Full() => _events.Reader.Count > eventsAhead - 2;
    }

    /// <summary>Ends the answer if it was cancelled or its deadline passed.</summary>
    public void EndIfUnwanted()
    {
        if (_cancelled)
        {
            End(new OperationCanceledException());
        }
        else if (_expired)
        {
            End(Begun ? progress.Fail(GenerationFailure.DeadlinePassed, "The deadline passed before the answer was complete.") : new EngineRefusalException(RequestRules.DeadlinePassed));
        }
    }

    /// <summary>Chooses the next token and delivers it.</summary>
    /// <returns>Whether a token was delivered.</returns>
    public bool Advance(Span<float> logits, TokenSampler sampler)
    {
        var draw = Philox.Draw(progress.Seed, request.Choice, Length);
        ReadOnlySpan<ulong> allowed = [];
        if (grammar is not null && !grammar.TryMask(out allowed))
        {
            Fail(GenerationFailure.NoAllowedToken, "The model has no token that goes on with what the request's grammar asks for.");
            return false;
        }

        var (id, logprobs) = sampler.Sample(logits, request.Sampling, _adjustment, allowed, draw);
        if (id < 0)
        {
            Fail(GenerationFailure.NotANumber, "The model computed something that is no number.");
            return false;
        }

        var (token, finished) = progress.Accept(id, logprobs, grammar?.Accept(id) ?? false);
        Begun = true;
        if (token is not null)
        {
            _adjustment.Add(id);
            _events.Writer.TryWrite(token);
        }

        if (finished is not null)
        {
            _events.Writer.TryWrite(finished);
            Completed = true;
            End(null);
        }
        else
        {
            Append(id);
        }

        return token is not null;
    }

    /// <summary>Ends the answer by a failure.</summary>
    public void Fail(GenerationFailure failure, string message, Exception? inner = null) => End(progress.Fail(failure, message, inner));

    /// <summary>Ends a request that is not taken.</summary>
    public void Refuse(EngineRefusal refusal) => End(new EngineRefusalException(refusal));

    /// <summary>Says how many of the prompt's tokens the cache had.</summary>
    public void CountCached(int tokens) => progress.CachedTokens = tokens;

    private void Append(int id)
    {
        if (Length == _tokens.Length)
        {
            var grown = new int[Math.Max(16, Length * 2)];
            _tokens.CopyTo(grown, 0);
            Array.Clear(_tokens);
            _tokens = grown;
        }

        _tokens[Length++] = id;
    }

    private void End(Exception? error)
    {
        Ended = true;
        Array.Clear(_tokens);
        _events.Writer.TryComplete(error);
    }
}
