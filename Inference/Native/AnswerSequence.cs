using System.Threading.Channels;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Grammars;
using CocoonOrleans.Inference.Sampling;

namespace CocoonOrleans.Inference.Native;

/// <summary>One answer on its way: between a caller, who reads events, and the engine's thread.</summary>
internal sealed class AnswerSequence(GenerationRequest request, AnswerProgress progress, AnswerGrammar? grammar, int eventsAhead, long submitted)
    : Sequence(request.PromptIds.Span, submitted)
{
    private readonly Channel<GenerationEvent> _events = Channel.CreateBounded<GenerationEvent>(
        new BoundedChannelOptions(eventsAhead) { SingleReader = true, SingleWriter = true });

    private readonly LogitAdjustment _adjustment = new(request.Sampling, request.PromptIds.Span);
    private volatile bool _waitsForReader;

    /// <inheritdoc/>
    public override string? TenantName => request.Tenant;

    /// <summary>The caller's end. For the caller.</summary>
    public ChannelReader<GenerationEvent> Events => _events.Reader;

    /// <inheritdoc/>
    public override int CompletionTokens => progress.Usage.CompletionTokens;

    /// <summary>Whether the engine holds this answer back until the caller has read. For the caller, after each read: then the engine has to be woken.</summary>
    public bool IsWaitingForReader()
    {
        // Pairs with the barrier in HasRoom: one of the two threads sees what the other one did.
        Interlocked.MemoryBarrier();
        return _waitsForReader;
    }

    /// <summary>Whether one step's events, a token and the end, find room.</summary>
    public override bool HasRoom()
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

    /// <summary>Chooses the next token and delivers it.</summary>
    /// <returns>Whether a token was delivered.</returns>
    public override bool Advance(Span<float> logits, TokenSampler sampler)
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

    /// <inheritdoc/>
    public override void CountCached(int tokens) => progress.CachedTokens = tokens;

    /// <inheritdoc/>
    protected override GenerationFailedException FailureOf(GenerationFailure failure, string message, Exception? inner) => progress.Fail(failure, message, inner);

    /// <inheritdoc/>
    protected override void Tell(Exception? error) => _events.Writer.TryComplete(error);
}
