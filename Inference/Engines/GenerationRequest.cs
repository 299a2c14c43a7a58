using CocoonOrleans.Inference.Grammars;

namespace CocoonOrleans.Inference.Engines;

/// <summary>One answer to generate.</summary>
public sealed record GenerationRequest
{
    /// <summary>Name or id (<c>name@sha256:hash</c>) of a loaded model.</summary>
    public required string Model { get; init; }

    /// <summary>The prompt as token ids, special tokens included. At least one; prompt plus one token must fit the context.</summary>
    public required ReadOnlyMemory<int> PromptIds { get; init; }

    /// <summary>Most tokens to generate, 1 or more. The answer ends with <see cref="FinishReason.Length"/> there, or earlier where the context is full.</summary>
    public required int MaxCompletionTokens { get; init; }

    /// <summary>How tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = SamplingOptions.Default;

    /// <summary>
    /// What the answer must look like; null for anything. Where nothing may follow any more, the answer ends with <see cref="FinishReason.Stop"/>. At
    /// the highest number of tokens it ends with <see cref="FinishReason.Length"/>, complete or not.
    /// </summary>
    public Grammar? Grammar { get; init; }

    /// <summary>Which of several answers to the same prompt this is, 0 to 127: with one seed each draws its own tokens.</summary>
    public int Choice { get; init; }

    /// <summary>The answer ends before the first of these texts; none is ever part of it. At most 16, each 1 to 256 characters.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>Token ids that end the answer; they are neither counted nor part of it. Null: the model's own.</summary>
    public IReadOnlyCollection<int>? StopIds { get; init; }

    /// <summary>When the answer is of no use any more; null: never.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>
    /// Whose request it is, 1 to 128 characters that only this tenant knows: requests of one tenant share what the engine has computed of their beginnings,
    /// and share the engine's time as one. Null: shares with no other request.
    /// </summary>
    public string? Tenant { get; init; }
}
