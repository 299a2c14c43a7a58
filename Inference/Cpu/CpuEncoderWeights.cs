using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Cpu;

/// <summary>All weights of an encoder in the CPU's formats, named and shaped as in Hugging Face's files.</summary>
internal sealed class CpuEncoderWeights : IDisposable
{
    private readonly List<CpuEncoderLayer> _layers = [];

    /// <param name="config">The shape.</param>
    /// <param name="weights">The weights by name.</param>
    /// <param name="source">The weights.</param>
    /// <exception cref="ModelFormatException">A tensor is missing, has another shape than the configuration asks for, holds no finite numbers, or is unknown.</exception>
    public CpuEncoderWeights(EncoderConfig config, IReadOnlyDictionary<string, WeightTensor> weights, CpuWeightSource source)
    {
        var names = EncoderNames.Of(config, weights);

        // Embeddings decide most about quality: they stay at 8 bits, and positions and token types, which are few, at all.
        Words = source.TakeMatrix(outermost: true, [(names.Words, config.VocabularySize)], config.HiddenSize);
        Positions = source.Take(WeightFormat.Float32, [(names.Positions, config.Positions)], config.HiddenSize);
        TokenTypes = config.TokenTypes == 0 ? null : source.Take(WeightFormat.Float32, [(names.TokenTypes, config.TokenTypes)], config.HiddenSize);
        EmbeddingNorm = TakeNorm(config, source, names.EmbeddingNorm);
        for (var i = 0; i < config.Layers; i++)
        {
            _layers.Add(TakeLayer(config, source, names.Layer(i)));
        }

        source.RefuseUnknown(names.IsBeside);
        source.Keep();
    }

    /// <summary>[vocabulary, hidden].</summary>
    public WeightMatrix Words { get; }

    /// <summary>[positions, hidden].</summary>
    public WeightMatrix Positions { get; }

    /// <summary>[token types, hidden]; null where there are none.</summary>
    public WeightMatrix? TokenTypes { get; }

    /// <summary>The norm behind the embeddings.</summary>
    public CpuEncoderNorm EmbeddingNorm { get; }

    /// <summary>The layers, first to last.</summary>
    public IReadOnlyList<CpuEncoderLayer> Layers => _layers;

    /// <inheritdoc/>
    public void Dispose()
    {
        _layers.ForEach(layer => layer.Dispose());
        Words.Dispose();
        Positions.Dispose();
        TokenTypes?.Dispose();
        EmbeddingNorm.Dispose();
    }

    private static CpuEncoderNorm TakeNorm(EncoderConfig config, CpuWeightSource source, string name)
        => new(source.TakeVector([(name + ".weight", config.HiddenSize)]), source.TakeVector([(name + ".bias", config.HiddenSize)]));

    private static CpuEncoderLayer TakeLayer(EncoderConfig config, CpuWeightSource source, string layer)
    {
        var (hidden, inner) = (config.HiddenSize, config.IntermediateSize);
        (string, int)[] Projections(string kind)
            => [.. ((string[])["query", "key", "value"]).Select(part => (EncoderNames.Projection(layer, part, kind), hidden))];

        return new CpuEncoderLayer
        {
            QueryKeyValue = source.TakeMatrix(outermost: false, Projections("weight"), hidden),
            QueryKeyValueBias = source.TakeVector(Projections("bias")),
            Output = source.TakeMatrix(outermost: false, [(EncoderNames.Output(layer) + ".weight", hidden)], hidden),
            OutputBias = source.TakeVector([(EncoderNames.Output(layer) + ".bias", hidden)]),
            AttentionNorm = TakeNorm(config, source, EncoderNames.AttentionNorm(layer)),
            Up = source.TakeMatrix(outermost: false, [(EncoderNames.Up(layer) + ".weight", inner)], hidden),
            UpBias = source.TakeVector([(EncoderNames.Up(layer) + ".bias", inner)]),
            Down = source.TakeMatrix(outermost: false, [(EncoderNames.Down(layer) + ".weight", hidden)], inner),
            DownBias = source.TakeVector([(EncoderNames.Down(layer) + ".bias", hidden)]),
            FeedForwardNorm = TakeNorm(config, source, EncoderNames.FeedForwardNorm(layer)),
        };
    }
}
