using CocoonOrleans.Tokenization.Embeddings;

namespace CocoonOrleans.Inference.Engines;

/// <summary>Texts to turn into vectors.</summary>
public sealed record EmbeddingRequest
{
    /// <summary>Most inputs of one request, as in OpenAI's API.</summary>
    public const int MaximumInputs = EmbeddingsRequest.MaximumInputs;

    /// <summary>Most tokens over all inputs of one request, as in OpenAI's API.</summary>
    public const int MaximumTokens = EmbeddingsRequest.MaximumTokens;

    /// <summary>Name or id (<c>name@sha256:hash</c>) of a loaded model that makes embeddings.</summary>
    public required string Model { get; init; }

    /// <summary>
    /// The inputs as token ids, special tokens included: 1 to <see cref="MaximumInputs"/>, each of at least one token and at most the model's context, together at
    /// most <see cref="MaximumTokens"/>.
    /// </summary>
    public required IReadOnlyList<ReadOnlyMemory<int>> Inputs { get; init; }

    /// <summary>Numbers of each vector, 1 to the model's width: the first ones, brought to length 1 again; null for all. Only models trained for it keep their meaning.</summary>
    public int? Dimensions { get; init; }

    /// <summary>When the vectors are of no use any more; null: never.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Whose request it is, 1 to 128 characters: requests of one tenant share the engine's time as one. Null: nobody's that has others.</summary>
    public string? Tenant { get; init; }
}
