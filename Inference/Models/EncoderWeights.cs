using CocoonOrleans.Inference.Formats;
using TorchSharp;

namespace CocoonOrleans.Inference.Models;

/// <summary>All weights of an encoder as float32 tensors, named and shaped as in Hugging Face's files.</summary>
internal sealed class EncoderWeights : IDisposable
{
    private readonly List<EncoderLayer> _layers = [];

    /// <exception cref="ModelFormatException">A tensor is missing, has another shape than the configuration asks for, or is unknown.</exception>
    public EncoderWeights(EncoderConfig config, IReadOnlyDictionary<string, WeightTensor> source)
    {
        var names = EncoderNames.Of(config, source);
        using var weights = new WeightSource(source, normOffset: 0);
        Words = weights.Take([(names.Words, config.VocabularySize)], config.HiddenSize);
        Positions = weights.Take([(names.Positions, config.Positions)], config.HiddenSize);
        TokenTypes = config.TokenTypes == 0 ? null : weights.Take([(names.TokenTypes, config.TokenTypes)], config.HiddenSize);
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

    private static EncoderNorm TakeNorm(EncoderConfig config, WeightSource weights, string name)
        => new(weights.Take([(name + ".weight", config.HiddenSize)]), weights.Take([(name + ".bias", config.HiddenSize)]));

    private static EncoderLayer TakeLayer(EncoderConfig config, WeightSource weights, string layer)
    {
        var (hidden, inner) = (config.HiddenSize, config.IntermediateSize);
        (string, int)[] Projections(string kind)
            => [.. ((string[])["query", "key", "value"]).Select(part => (EncoderNames.Projection(layer, part, kind), hidden))];

        return new EncoderLayer
        {
            QueryKeyValue = weights.Take(Projections("weight"), hidden),
            QueryKeyValueBias = weights.Take(Projections("bias")),
            Output = weights.Take([(EncoderNames.Output(layer) + ".weight", hidden)], hidden),
            OutputBias = weights.Take([(EncoderNames.Output(layer) + ".bias", hidden)]),
            AttentionNorm = TakeNorm(config, weights, EncoderNames.AttentionNorm(layer)),
            Up = weights.Take([(EncoderNames.Up(layer) + ".weight", inner)], hidden),
            UpBias = weights.Take([(EncoderNames.Up(layer) + ".bias", inner)]),
            Down = weights.Take([(EncoderNames.Down(layer) + ".weight", hidden)], inner),
            DownBias = weights.Take([(EncoderNames.Down(layer) + ".bias", hidden)]),
            FeedForwardNorm = TakeNorm(config, weights, EncoderNames.FeedForwardNorm(layer)),
        };
    }
}
