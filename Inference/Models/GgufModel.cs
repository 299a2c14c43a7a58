using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models.Families;
using CocoonOrleans.Inference.Models.Rotary;
using CocoonOrleans.Inference.Models.Vocabularies;

namespace CocoonOrleans.Inference.Models;

/// <summary>
/// A decoder as GGUF files have it (github.com/ggml-org/ggml, <c>docs/gguf.md</c>; keys and names as llama.cpp's converter writes them), told in the words of
/// Hugging Face, which the decoder goes by.
/// </summary>
internal sealed class GgufModel : IGgufModel
{
    // End of a text, of a turn, and of a message after which tools answer.
    private static readonly string[] EndKeys = [VocabularyKeys.End, "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"];

    private readonly string _file;
    private readonly ModelFamily _family;
    private readonly DecoderConfig _shape;
    private readonly GgufTensorNames _names;
    private readonly GgufRotary _rotary;

    /// <exception cref="ModelFormatException">A key is missing or out of range, or the model computes something that the decoder does not.</exception>
    public GgufModel(GgufFile gguf, string file)
    {
        _file = file;
        var architecture = gguf.Metadata.Text(IGgufModel.Architecture);
        _family = ModelFamily.All.FirstOrDefault(family => family.GgufArchitecture == architecture)
            ?? throw gguf.Metadata.Bad(IGgufModel.Architecture, $"{architecture} is not supported; {string.Join(", ", ModelFamily.All.Select(family => family.GgufArchitecture).Append(EncoderFamily.GgufArchitecture).Distinct())} are");
        var keys = new GgufKeys(gguf.Metadata, architecture);
        _shape = _family.Read(keys, ReadCommon(gguf, keys)).Checked(file, keys.Key("attention.head_count_kv"), keys.Key("attention.key_length"));
        _names = new GgufTensorNames(_shape);
        _rotary = new GgufRotary(keys, file);
        Pooling = GgufPooling.Read(keys);
        keys.Require(GgufPooling.Key, Pooling != Models.Pooling.Cls, "a decoder's first token sees no other");
    }

    /// <inheritdoc/>
    public Pooling? Pooling { get; }

    /// <inheritdoc/>
    public WeightTensor? Take(WeightTensor tensor)
    {
        if (_rotary.TryTake(tensor))
        {
            return null;
        }

        var name = _names.FromGguf(tensor.Name)
            ?? throw new ModelFormatException(_file, tensor.Name, $"is no tensor of a {_shape.Architecture} that the engine computes");
        var heads = !_family.PairsSideBySide ? 0
            : tensor.Name.EndsWith(".attn_q.weight", StringComparison.Ordinal) ? _shape.Heads
            : tensor.Name.EndsWith(".attn_k.weight", StringComparison.Ordinal) ? _shape.KeyValueHeads
            : 0;
        return heads == 0 ? tensor with { Name = name } : Unpair(tensor, name, heads);
    }

    /// <inheritdoc/>
    public TransformerConfig Complete()
    {
        var scaling = _rotary.Scaling(_shape.RotarySize, _shape.ContextTokens);

        // Gemma 3's windows have positions of their own, which no key scales.
        var shared = ReferenceEquals(_shape.Rotary, _shape.WindowRotary);
        var scaled = _shape.Rotary with { Scaling = scaling };
        return _shape with { Rotary = scaled, WindowRotary = shared ? scaled : _shape.WindowRotary };
    }

    private WeightTensor Unpair(WeightTensor tensor, string name, int heads)
        => tensor.Shape.Count == 2 && tensor.Shape[0] == heads * _shape.HeadSize
            ? new WeightTensor(name, tensor.Shape, RotaryPairs.Apart(tensor, _shape.HeadSize))
            : throw new ModelFormatException(_file, tensor.Name, $"has the shape [{string.Join(", ", tensor.Shape)}], but the keys of the file ask for {heads * _shape.HeadSize} rows");

    private DecoderConfig ReadCommon(GgufFile gguf, GgufKeys keys)
    {
        keys.RefuseAny("expert_count", "logit_scale", "attention.scale", "attention.clamp_kqv", "attention.max_alibi_bias", "embedding_scale", "residual_scale");
        keys.Require("attention.causal", gguf.Metadata.Flag(keys.Key("attention.causal"), fallback: true), "only true is supported");

        var hidden = keys.Integer("embedding_length", 1, 65_536);
        var heads = keys.Integer("attention.head_count", 1, 1_024);
        var head = keys.Integer("attention.key_length", 2, 4_096, hidden / heads);
        var layers = keys.Integer("block_count", 1, 1_024);
        var rotary = keys.Integer("rope.dimension_count", 1, 4_096, head);
        var positions = new RotaryPositions(keys.Number("rope.freq_base", 0, 1e12, 10_000));
        var embedding = gguf.Tensors.FirstOrDefault(tensor => tensor.Name == GgufTensorNames.Embedding)
            ?? throw new ModelFormatException(_file, GgufTensorNames.Embedding, "is missing");
        keys.Require("attention.value_length", keys.Integer("attention.value_length", 1, 4_096, head) == head, "differs from the length of a key");
        keys.Require(
            "rope.dimension_count",
            rotary == head || (_family is Phi3Family && rotary < head && rotary % 2 == 0),
            "covers a part of a head only, which is not supported here");
        return new DecoderConfig
        {
            Architecture = _family.Architecture,
            HiddenSize = hidden,
            IntermediateSize = keys.Integer("feed_forward_length", 1, 1_048_576),
            Layers = layers,
            Heads = heads,
            KeyValueHeads = keys.Integer("attention.head_count_kv", 1, 1_024, heads),
            HeadSize = head,
            VocabularySize = keys.Integer("vocab_size", 2, 4_194_304, embedding.Shape[0]),
            ContextTokens = keys.Integer("context_length", 2, 16_777_216),
            NormEpsilon = keys.Number("attention.layer_norm_rms_epsilon", 0, 1, null),
            RotarySize = rotary,
            Rotary = positions,
            WindowRotary = positions,
            Windows = new int[layers],
            AttentionScale = 1 / Math.Sqrt(head),
            TiedEmbeddings = gguf.Tensors.All(tensor => tensor.Name != GgufTensorNames.Output),
            EndIds = [.. EndKeys.Where(gguf.Metadata.Has).Select(key => gguf.Metadata.Integer(key, 0, 4_194_304)).Distinct()],
        };
    }
}
