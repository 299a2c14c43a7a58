using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Gateway.Admission;

/// <summary>Texts that were admitted to be made vectors of. Nothing is generated, so the prompt's tokens are all that is held for and charged.</summary>
public sealed record EmbeddingsJob : AdmittedJob
{
    /// <summary>Number of inputs.</summary>
    public required int Inputs { get; init; }

    /// <summary>Tokens of the longest one.</summary>
    public required int LongestInput { get; init; }

    /// <summary>Numbers of each vector.</summary>
    public required int Dimensions { get; init; }

    /// <summary>Whether vectors go out as base64.</summary>
    public required bool AsBase64 { get; init; }

    /// <inheritdoc/>
    public override JobKind Kind => JobKind.Embeddings;

    /// <inheritdoc/>
    public override int MaxCompletionTokens => 0;

    /// <inheritdoc/>
    public override int LongestContext => LongestInput;
}
