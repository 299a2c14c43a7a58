using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models.Families;
using CocoonOrleans.Inference.Models.Rotary;

namespace CocoonOrleans.Inference.Models;

/// <summary>
/// The shape of a decoder and the switches in which the families differ. A model's config.json or GGUF keys say it; what the decoder doesn't compute is
/// refused by name, never left out.
/// </summary>
public sealed record DecoderConfig
{
    /// <summary>The file's name in every model folder.</summary>
    public const string FileName = "config.json";

    /// <summary>The family, as Hugging Face's <c>architectures</c> has it, such as <c>LlamaForCausalLM</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the feed-forward layers.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Number of query heads; a multiple of <see cref="KeyValueHeads"/>.</summary>
    public required int Heads { get; init; }

    /// <summary>Number of key and value heads.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of a head; even.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Number of token ids.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Highest number of positions.</summary>
    public required int ContextTokens { get; init; }

    /// <summary>Added to the mean square in RMSNorm.</summary>
    public required double NormEpsilon { get; init; }

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

    /// <summary>Ids that end an answer, as config.json names them; may be empty.</summary>
    public required IReadOnlyList<int> EndIds { get; init; }

    /// <summary>Number of weights.</summary>
    public long Parameters
        => (long)VocabularySize * HiddenSize * (TiedEmbeddings ? 1 : 2) + HiddenSize + Layers * LayerParameters;

    /// <summary>Numbers of key-value cache that one position of one sequence takes.</summary>
    public long CacheNumbersPerToken => 2L * Layers * KeyValueHeads * HeadSize;

    private long LayerParameters
        => (long)HiddenSize * HeadSize * 2 * (Heads + KeyValueHeads) + 3L * HiddenSize * IntermediateSize
            + (PostNorms ? 4L : 2L) * HiddenSize
            + (QueryKeyNorm ? 2L * HeadSize : 0)
            + (QueryKeyValueBias ? (long)HeadSize * (Heads + 2 * KeyValueHeads) : 0);

    /// <summary>Reads config.json.</summary>
    /// <exception cref="ModelFormatException">Not JSON, a field is missing or out of range, or the model computes something that the decoder does not.</exception>
    public static DecoderConfig Parse(ReadOnlyMemory<byte> json)
    {
        using var fields = new ConfigFields(json);
        return ModelFamily.OfArchitecture(fields).Read(fields).Checked(FileName, "num_key_value_heads", "head_dim");
    }

    /// <summary>The positions of one layer.</summary>
    public RotaryPositions RotaryOf(int layer) => Windows[layer] > 0 ? WindowRotary : Rotary;

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
