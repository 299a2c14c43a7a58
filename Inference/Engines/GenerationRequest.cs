using CocoonOrleans.Inference.Grammars;

namespace CocoonOrleans.Inference.Engines;

/// <summary>An answer to generate, or several to one prompt.</summary>
public sealed record GenerationRequest
{
    /// <summary>Most answers to one prompt.</summary>
    public const int MostChoices = 8;

    /// <summary>Every JSON reader keeps whole numbers below this one exactly.</summary>
    private const long LargestRandomSeed = 1L << 53;

    /// <summary>Name or id (<c>name@sha256:hash</c>) of a loaded model.</summary>
    public required string Model { get; init; }

    /// <summary>The prompt as token ids, special tokens included. At least one; prompt plus one token must fit the context.</summary>
    public required ReadOnlyMemory<int> PromptIds { get; init; }

    /// <summary>Most tokens of each answer, 1 or more. The answer ends with <see cref="FinishReason.Length"/> there, or earlier where the context is full.</summary>
    public required int MaxCompletionTokens { get; init; }

    /// <summary>How tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = SamplingOptions.Default;

    /// <summary>
    /// What the answer must look like; null for anything. Where nothing may follow any more, the answer ends with <see cref="FinishReason.Stop"/>. At
    /// the highest number of tokens it ends with <see cref="FinishReason.Length"/>, complete or not.
    /// </summary>
    public Grammar? Grammar { get; init; }

    /// <summary>
    /// How many answers, 1 to <see cref="MostChoices"/>. The prompt is computed once for all of them. Answer i, counted from 0, is the one that the same request
    /// alone gives with the seed plus i (past the largest number it goes on with the smallest).
    /// </summary>
    public int Choices { get; init; } = 1;

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

    /// <summary>The request for each of its answers alone, in their order, each with its seed. Where this one has none, a random one is chosen for them.</summary>
    internal IReadOnlyList<GenerationRequest> Apart()
    {
        var seed = Sampling.Seed ?? Random.Shared.NextInt64(LargestRandomSeed);
        return [.. Enumerable.Range(0, Choices).Select(choice => this with { Choices = 1, Sampling = Sampling with { Seed = unchecked(seed + choice) } })];
    }
}
