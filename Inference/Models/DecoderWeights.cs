using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Inference.Models;

/// <summary>All weights of a decoder as a backend keeps them, named and shaped as in Hugging Face's files.</summary>
/// <typeparam name="TMatrix">What it keeps matrices as.</typeparam>
/// <typeparam name="TVector">What it keeps vectors as.</typeparam>
internal sealed class DecoderWeights<TMatrix, TVector> : IDisposable
    where TMatrix : class, IDisposable
    where TVector : class, IDisposable
{
    private readonly List<DecoderLayer<TMatrix, TVector>> _layers = [];

    /// <param name="config">The shape.</param>
    /// <param name="source">The weights; it stays the caller's.</param>
    /// <exception cref="ModelFormatException">A tensor is missing, has another shape than the configuration asks for, can't be kept as the backend wants it, or is unknown.</exception>
    public DecoderWeights(DecoderConfig config, IWeightSource<TMatrix, TVector> source)
    {
        Embedding = source.TakeMatrix(outermost: true, [("model.embed_tokens.weight", config.VocabularySize)], config.HiddenSize);
        for (var i = 0; i < config.Layers; i++)
        {
            _layers.Add(TakeLayer(config, source, $"model.layers.{i}."));
        }

        FinalNorm = source.TakeNorm("model.norm.weight", config.HiddenSize);
        Head = config.Embeds ? null : config.TiedEmbeddings ? Embedding : source.TakeMatrix(outermost: true, [("lm_head.weight", config.VocabularySize)], config.HiddenSize);
        source.RefuseUnknown(config.MayLeave);
        source.Keep();
    }

    /// <summary>[vocabulary, hidden].</summary>
    public TMatrix Embedding { get; }

    /// <summary>The layers, first to last.</summary>
    public IReadOnlyList<DecoderLayer<TMatrix, TVector>> Layers => _layers;

    /// <summary>[hidden].</summary>
    public TVector FinalNorm { get; }

    /// <summary>[vocabulary, hidden]; the embedding itself where both are tied; null where rows end before it.</summary>
    public TMatrix? Head { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _layers.ForEach(layer => layer.Dispose());
        Embedding.Dispose();
        FinalNorm.Dispose();
        Head?.Dispose();
    }

    private static DecoderLayer<TMatrix, TVector> TakeLayer(DecoderConfig config, IWeightSource<TMatrix, TVector> source, string layer)
    {
        var (hidden, head, inner) = (config.HiddenSize, config.HeadSize, config.IntermediateSize);
        var (queries, shared) = (config.Heads * head, config.KeyValueHeads * head);
        (string, int)[] Projections(string kind)
            => [($"{layer}self_attn.q_proj.{kind}", queries), ($"{layer}self_attn.k_proj.{kind}", shared), ($"{layer}self_attn.v_proj.{kind}", shared)];
        TMatrix Take((string, int)[] parts, int columns) => source.TakeMatrix(outermost: false, parts, columns);

        var afterAttention = source.TakeNorm(layer + "post_attention_layernorm.weight", hidden);
        return new DecoderLayer<TMatrix, TVector>
        {
            AttentionNorm = source.TakeNorm(layer + "input_layernorm.weight", hidden),
            QueryKeyValue = Take(config.FusedProjections ? [(layer + "self_attn.qkv_proj.weight", queries + (2 * shared))] : Projections("weight"), hidden),
            QueryKeyValueBias = config.QueryKeyValueBias ? source.TakeVector(Projections("bias")) : null,
            QueryNorm = config.QueryKeyNorm ? source.TakeNorm(layer + "self_attn.q_norm.weight", head) : null,
            KeyNorm = config.QueryKeyNorm ? source.TakeNorm(layer + "self_attn.k_norm.weight", head) : null,
            Output = Take([(layer + "self_attn.o_proj.weight", hidden)], queries),
            AttentionPostNorm = config.PostNorms ? afterAttention : null,
            FeedForwardNorm = config.PostNorms ? source.TakeNorm(layer + "pre_feedforward_layernorm.weight", hidden) : afterAttention,
            GateUp = Take(
                config.FusedProjections ? [(layer + "mlp.gate_up_proj.weight", 2 * inner)] : [(layer + "mlp.gate_proj.weight", inner), (layer + "mlp.up_proj.weight", inner)],
                hidden),
            Down = Take([(layer + "mlp.down_proj.weight", hidden)], inner),
            FeedForwardPostNorm = config.PostNorms ? source.TakeNorm(layer + "post_feedforward_layernorm.weight", hidden) : null,
        };
    }
}
