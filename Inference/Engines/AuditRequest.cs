namespace CocoonOrleans.Inference.Engines;

/// <summary>An answer to check: was it made by this model, from this prompt?</summary>
public sealed record AuditRequest
{
    /// <summary>The request that was answered; its <see cref="SamplingOptions.Seed"/> lets the draws be repeated. Its grammar, tenant and deadline are not looked at.</summary>
    public required GenerationRequest Request { get; init; }

    /// <summary>The answer's token ids, one or more, without the one that ended it.</summary>
    public required ReadOnlyMemory<int> CompletionIds { get; init; }

    /// <summary>The log-probabilities that came with the answer, one for each token, before bias, penalties and temperature; null where none came.</summary>
    public IReadOnlyList<double>? Logprobs { get; init; }

    /// <summary>How far apart two honest computations may be.</summary>
    public AuditTolerance Tolerance { get; init; } = AuditTolerance.Default;
}
