using CocoonOrleans.Inference.Formats;
using TorchSharp;

namespace CocoonOrleans.Inference.Models;

/// <summary>All weights of an encoder as tensors, named and shaped as in Hugging Face's files.</summary>
internal sealed class EncoderWeights : IDisposable
{
    private readonly List<EncoderLayer> _layers = [];

    /// <param name="config">The shape.</param>
    /// <param name="source">The weights by name; they can go once the tensors are made.</param>
    /// <param name="place">Where they go, and in which numbers.</param>
    /// <exception cref="ModelFormatException">A tensor is missing, has another shape than the configuration asks for, or is unknown.</exception>
    public EncoderWeights(EncoderConfig config, IReadOnlyDictionary<string, WeightTensor> source, TorchPlace place)
    {
        var names = EncoderNames.Of(config, source);
        using var weights = new TorchWeightSource(source, normOffset: 0, place);
        Words = weights.TakeMatrix(outermost: true, [(names.Words, config.VocabularySize)], config.HiddenSize);
        Positions = weights.TakeMatrix(outermost: true, [(names.Positions, config.Positions)], config.HiddenSize);
        TokenTypes = config.TokenTypes == 0 ? null : weights.TakeMatrix(outermost: true, [(names.TokenTypes, config.TokenTypes)], config.HiddenSize);
        EmbeddingNorm = TakeNorm(config, weights, names.EmbeddingNorm);
        for (var i = 0; i < config.Layers; i++)
        {
            _layers.Add(TakeLayer(config, weights, names.Layer(i)));
        }

        weights.RefuseUnknown(names.IsBeside);
        weights.Keep();
    }

    /// <summary>[vocabulary, hidden].</summary>
    public torch.Tensor Words { get; }

    /// <summary>[positions, hidden].</summary>
    public torch.Tensor Positions { get; }

    /// <summary>[token types, hidden]; null where there are none.</summary>
    public torch.Tensor? TokenTypes { get; }

    /// <summary>The norm behind the embeddings.</summary>
    public EncoderNorm EmbeddingNorm { get; }

    /// <summary>The layers, first to last.</summary>
    public IReadOnlyList<EncoderLayer> Layers => _layers;

    public void Dispose()
    {
        _layers.ForEach(layer => layer.Dispose());
        Words.Dispose();
        Positions.Dispose();
        TokenTypes?.Dispose();
        EmbeddingNorm.Dispose();
    }

    private static EncoderNorm TakeNorm(EncoderConfig config, TorchWeightSource weights, string name)
        => new(weights.TakeVector([(name + ".weight", config.HiddenSize)]), weights.TakeVector([(name + ".bias", config.HiddenSize)]));

    private static EncoderLayer TakeLayer(EncoderConfig config, TorchWeightSource weights, string layer)
    {
        var (hidden, inner) = (config.HiddenSize, config.IntermediateSize);
        (string, int)[] Projections(string kind)
            => [.. ((string[])["query", "key", "value"]).Select(part => (EncoderNames.Projection(layer, part, kind), hidden))];

        return new EncoderLayer
        {
            QueryKeyValue = weights.TakeMatrix(outermost: false, Projections("weight"), hidden),
            QueryKeyValueBias = weights.TakeVector(Projections("bias")),
            Output = weights.TakeMatrix(outermost: false, [(EncoderNames.Output(layer) + ".weight", hidden)], hidden),
            OutputBias = weights.TakeVector([(EncoderNames.Output(layer) + ".bias", hidden)]),
            AttentionNorm = TakeNorm(config, weights, EncoderNames.AttentionNorm(layer)),
            Up = weights.TakeMatrix(outermost: false, [(EncoderNames.Up(layer) + ".weight", inner)], hidden),
            UpBias = weights.TakeVector([(EncoderNames.Up(layer) + ".bias", inner)]),
            Down = weights.TakeMatrix(outermost: false, [(EncoderNames.Down(layer) + ".weight", hidden)], inner),
            DownBias = weights.TakeVector([(EncoderNames.Down(layer) + ".bias", hidden)]),
            FeedForwardNorm = TakeNorm(config, weights, EncoderNames.FeedForwardNorm(layer)),
        };
    }
}
