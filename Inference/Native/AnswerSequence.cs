using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Grammars;
using CocoonOrleans.Inference.Sampling;

namespace CocoonOrleans.Inference.Native;

/// <summary>One answer on its way: between a caller, who reads events, and the engine's thread.</summary>
internal sealed class AnswerSequence(GenerationRequest request, AnswerProgress progress, AnswerGrammar? grammar, AnswerStream stream, long submitted)
    : Sequence(request.PromptIds.Span, submitted)
{
    private readonly LogitAdjustment _adjustment = new(request.Sampling, request.PromptIds.Span);

    /// <inheritdoc/>
    public override string? TenantName => request.Tenant;

    /// <inheritdoc/>
    public override DateTimeOffset? Deadline => request.Deadline;

    /// <inheritdoc/>
    public override int CompletionTokens => progress.Usage.CompletionTokens;

    /// <inheritdoc/>
    public override bool HasRoom() => stream.HasRoom();

    /// <summary>Chooses the next token and delivers it.</summary>
    /// <returns>Whether a token was delivered.</returns>
    public override bool Advance(Span<float> logits, TokenSampler sampler)
    {
        var draw = Philox.Draw(progress.Seed, Length);
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

        if (grammar is not null && grammar.InTime(id, progress.Left) is var inTime && inTime != id)
        {
            (id, logprobs) = sampler.Instead(inTime, request.Sampling);
        }

        var (token, finished) = progress.Accept(id, logprobs, grammar?.Accept(id) ?? false, grammar is { IsCutShort: true } ? FinishReason.Length : FinishReason.Stop);
        Begun = true;
        if (token is not null)
        {
            _adjustment.Add(id);
            stream.Write(token);
        }

        if (finished is not null)
        {
            stream.Write(finished);
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
    public override void CountCached(int tokens) => stream.CountCached(tokens);

    /// <inheritdoc/>
    protected override GenerationFailedException FailureOf(GenerationFailure failure, string message, Exception? inner) => stream.Fail(failure, message, inner);

    /// <inheritdoc/>
    protected override void Tell(Exception? error) => stream.End(error);
}
