using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models.Families;
using CocoonOrleans.Inference.Models.Vocabularies;

namespace CocoonOrleans.Inference.Models;

/// <summary>
/// An encoder as GGUF files have it (keys and names as llama.cpp's converter writes them). All families are one there: the positions of a padding token are left out
/// of the table. GELU is the exact one here, whatever llama.cpp computes with.
/// </summary>
internal sealed class GgufEncoder : IGgufModel
{
    private readonly string _file;
    private readonly EncoderConfig _shape;
    private readonly Dictionary<string, string> _names;

    /// <exception cref="ModelFormatException">A key is missing or out of range, or the model computes something that the encoder does not.</exception>
    public GgufEncoder(GgufFile gguf, string file)
    {
        _file = file;
        var keys = new GgufKeys(gguf.Metadata, EncoderFamily.GgufArchitecture);
        keys.RefuseAny("expert_count", "rope.freq_base", "attention.max_alibi_bias");
        keys.Require("attention.causal", !gguf.Metadata.Flag(keys.Key("attention.causal"), fallback: false), "only false is supported");
        var tensors = gguf.Tensors.ToDictionary(tensor => tensor.Name);
        var hidden = keys.Integer("embedding_length", 1, 65_536);
        var heads = keys.Integer("attention.head_count", 1, 1_024);
        keys.Require("attention.head_count", hidden % heads == 0, $"{heads} does not divide the width of {hidden}");
        var positions = Rows(GgufEncoderNames.Positions, 1, 16_777_216);
        _shape = new EncoderConfig
        {
            Architecture = EncoderFamily.All[0].Architecture,
            HiddenSize = hidden,
            IntermediateSize = keys.Integer("feed_forward_length", 1, 1_048_576),
            Layers = keys.Integer("block_count", 1, 1_024),
            Heads = heads,
            VocabularySize = Rows(GgufEncoderNames.Words, 2, 4_194_304),
            Positions = positions,
            ContextTokens = keys.Integer("context_length", 1, positions, positions),
            NormEpsilon = keys.Number("attention.layer_norm_epsilon", 0, 1, null),
            TokenTypes = tensors.ContainsKey(GgufEncoderNames.TokenTypes) ? Rows(GgufEncoderNames.TokenTypes, 1, 1_024) : 0,
            FirstPosition = 0,
            EndIds = gguf.Metadata.Has(VocabularyKeys.End) ? [gguf.Metadata.Integer(VocabularyKeys.End, 0, 4_194_304)] : [],
        };
        Pooling = GgufPooling.Read(keys) ?? Models.Pooling.Mean;
        _names = GgufEncoderNames.All(_shape).ToDictionary(pair => pair.Gguf, pair => pair.Other);

        int Rows(string name, int least, int most)
        {
            var tensor = tensors.GetValueOrDefault(name) ?? throw new ModelFormatException(file, name, "is missing");
            return tensor.Shape[0] >= least && tensor.Shape[0] <= most ? tensor.Shape[0] : throw new ModelFormatException(file, name, $"has {tensor.Shape[0]} rows, not {least} to {most}");
        }
    }

    /// <inheritdoc/>
    public Pooling? Pooling { get; }

    /// <inheritdoc/>
    public WeightTensor? Take(WeightTensor tensor) => _names.TryGetValue(tensor.Name, out var name)
        ? tensor with { Name = name }
        : throw new ModelFormatException(_file, tensor.Name, $"is no tensor of a {_shape.Architecture} that the engine computes");

    /// <inheritdoc/>
    public TransformerConfig Complete() => _shape;
}
