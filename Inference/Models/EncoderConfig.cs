namespace CocoonOrleans.Inference.Models;

/// <summary>The shape of an encoder as BERT has it: every position sees all others; learnt positions; a norm with a bias behind attention and behind the feed-forward layer.</summary>
public sealed record EncoderConfig : TransformerConfig
{
    /// <summary>Kinds of segments that have an embedding; 0 for none. A text alone is of the first kind.</summary>
    public required int TokenTypes { get; init; }

    /// <summary>Rows of the position table: <see cref="FirstPosition"/> and the longest text that the model could take, which <see cref="TransformerConfig.ContextTokens"/> may cut further.</summary>
    public required int Positions { get; init; }

    /// <summary>The row of the position table that a text's first token has: RoBERTa's come behind the padding's.</summary>
    public required int FirstPosition { get; init; }

    /// <summary>Width of a head.</summary>
    public int HeadSize => HiddenSize / Heads;

    /// <inheritdoc/>
    public override long Parameters
        => ((long)VocabularySize + Positions + TokenTypes + 2) * HiddenSize
            + Layers * (4L * HiddenSize * (HiddenSize + 1) + 2L * HiddenSize * IntermediateSize + IntermediateSize + 5L * HiddenSize);

    /// <inheritdoc/>
    /// <remarks>Of one layer: no later token needs those of an earlier one.</remarks>
    public override long CacheNumbersPerToken => 2L * HiddenSize;
}
