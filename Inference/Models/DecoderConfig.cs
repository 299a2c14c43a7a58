using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models.Families;
using CocoonOrleans.Inference.Models.Rotary;

namespace CocoonOrleans.Inference.Models;

/// <summary>
/// The shape of a decoder and the switches in which the families differ. A model's config.json or GGUF keys say it; what the decoder doesn't compute is
/// refused by name, never left out.
/// </summary>
public sealed record DecoderConfig : TransformerConfig
{
    /// <summary>Number of key and value heads.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of a head; even.</summary>
    public required int HeadSize { get; init; }

    /// <summary>What the weights of all norms must be raised by: 1 for Gemma's in safetensors.</summary>
    public double NormOffset { get; init; }

    /// <summary>How many numbers of a head turn with the position, from its first; even, at most <see cref="HeadSize"/>.</summary>
    public required int RotarySize { get; init; }

    /// <summary>Rotary positions of the layers that see everything.</summary>
    public required RotaryPositions Rotary { get; init; }

    /// <summary>Rotary positions of the layers with a window.</summary>
    public required RotaryPositions WindowRotary { get; init; }

    /// <summary>How many positions, its own among them, each layer sees; 0 for all. One number for each layer.</summary>
    public required IReadOnlyList<int> Windows { get; init; }

    /// <summary>What products of queries and keys are multiplied with.</summary>
    public required double AttentionScale { get; init; }

    /// <summary>Limit c of attention scores before the softmax: c tanh(x / c); null for none.</summary>
    public double? AttentionCap { get; init; }

    /// <summary>The same for the logits.</summary>
    public double? LogitCap { get; init; }

    /// <summary>What embeddings are multiplied with.</summary>
    public double EmbeddingScale { get; init; } = 1;

    /// <summary>The feed-forward layers' activation.</summary>
    public Activation Activation { get; init; }

    /// <summary>Whether queries and keys go through a norm of their own, head by head.</summary>
    public bool QueryKeyNorm { get; init; }

    /// <summary>Whether queries, keys and values have a bias.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>Whether what attention and feed-forward layers give goes through a norm before it is added.</summary>
    public bool PostNorms { get; init; }

    /// <summary>Whether the files have queries, keys and values in one matrix, and gate and up too.</summary>
    public bool FusedProjections { get; init; }

    /// <summary>True where the output layer is the embedding.</summary>
    public required bool TiedEmbeddings { get; init; }

    /// <summary>Whether rows end as the states behind the last norm, of which vectors are made, and there is no output layer.</summary>
    public bool Embeds { get; init; }

    /// <inheritdoc/>
    public override long Parameters
        => (long)VocabularySize * HiddenSize * (TiedEmbeddings || Embeds ? 1 : 2) + HiddenSize + Layers * LayerParameters;

    /// <inheritdoc/>
    public override long CacheNumbersPerToken => 2L * Layers * KeyValueHeads * HeadSize;

    private long LayerParameters
        => (long)HiddenSize * HeadSize * 2 * (Heads + KeyValueHeads) + 3L * HiddenSize * IntermediateSize
            + (PostNorms ? 4L : 2L) * HiddenSize
            + (QueryKeyNorm ? 2L * HeadSize : 0)
            + (QueryKeyValueBias ? (long)HeadSize * (Heads + 2 * KeyValueHeads) : 0);

    /// <summary>Reads config.json.</summary>
    /// <exception cref="ModelFormatException">Not JSON, a field is missing or out of range, or the model computes something that the decoder does not.</exception>
    public static new DecoderConfig Parse(ReadOnlyMemory<byte> json)
    {
        using var fields = new ConfigFields(json);
        return ModelFamily.OfArchitecture(fields).Read(fields).Checked(FileName, "num_key_value_heads", "head_dim");
    }

    /// <summary>The positions of one layer.</summary>
    public RotaryPositions RotaryOf(int layer) => Windows[layer] > 0 ? WindowRotary : Rotary;

    /// <summary>
    /// Whether a model's files may hold a tensor that is not used: older ones carry the rotary frequencies along, and some a copy of the tied output layer, which
    /// both follow from the rest.
    /// </summary>
    internal bool MayLeave(string name)
        => name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal) || ((TiedEmbeddings || Embeds) && name == "lm_head.weight");

    /// <summary>Makes sure that heads can be shared and turned.</summary>
    /// <param name="file">Where the shape stands.</param>
    /// <param name="keyValueHeads">The field of the key-value heads.</param>
    /// <param name="headSize">The field of the head's width.</param>
    internal DecoderConfig Checked(string file, string keyValueHeads, string headSize)
    {
        if (Heads % KeyValueHeads != 0)
        {
            throw new ModelFormatException(file, keyValueHeads, $"{KeyValueHeads} does not divide the {Heads} attention heads");
        }

        return HeadSize % 2 == 0
            ? this
            : throw new ModelFormatException(file, headSize, $"a head of {HeadSize} is odd and has no pairs, which rotary positions need");
    }
}
