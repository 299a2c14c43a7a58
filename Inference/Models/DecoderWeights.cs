using CocoonOrleans.Inference.Formats;
using TorchSharp;

namespace CocoonOrleans.Inference.Models;

/// <summary>All weights of a decoder as float32 tensors, named and shaped as in Hugging Face's files.</summary>
internal sealed class DecoderWeights : IDisposable
{
    private readonly List<DecoderLayer> _layers = [];

    /// <exception cref="ModelFormatException">A tensor is missing, has another shape than the configuration asks for, or is unknown.</exception>
    public DecoderWeights(DecoderConfig config, IReadOnlyDictionary<string, WeightTensor> source)
    {
        using var weights = new WeightSource(source, config.NormOffset);
        Embedding = weights.Take([("model.embed_tokens.weight", config.VocabularySize)], config.HiddenSize);
        for (var i = 0; i < config.Layers; i++)
        {
            _layers.Add(TakeLayer(config, weights, $"model.layers.{i}."));
        }

        FinalNorm = weights.TakeNorm("model.norm.weight", config.HiddenSize);
        Head = config.Embeds ? null : config.TiedEmbeddings ? Embedding : weights.Take([("lm_head.weight", config.VocabularySize)], config.HiddenSize);
        weights.RefuseUnknown(config.MayLeave);
        weights.Keep();
    }

    /// <summary>[vocabulary, hidden].</summary>
    public torch.Tensor Embedding { get; }

    /// <summary>The layers, first to last.</summary>
    public IReadOnlyList<DecoderLayer> Layers => _layers;

    /// <summary>[hidden].</summary>
    public torch.Tensor FinalNorm { get; }

    /// <summary>[vocabulary, hidden]; the embedding itself where both are tied; null where rows end before it.</summary>
    public torch.Tensor? Head { get; }

    public void Dispose()
    {
        _layers.ForEach(layer => layer.Dispose());
        Embedding.Dispose();
        FinalNorm.Dispose();
        Head?.Dispose();
    }

    private static DecoderLayer TakeLayer(DecoderConfig config, WeightSource weights, string layer)
    {
        var (hidden, head, inner) = (config.HiddenSize, config.HeadSize, config.IntermediateSize);
        var (queries, shared) = (config.Heads * head, config.KeyValueHeads * head);
        (string, int)[] Projections(string kind)
            => [($"{layer}self_attn.q_proj.{kind}", queries), ($"{layer}self_attn.k_proj.{kind}", shared), ($"{layer}self_attn.v_proj.{kind}", shared)];

        var afterAttention = weights.TakeNorm(layer + "post_attention_layernorm.weight", hidden);
        return new DecoderLayer
        {
            AttentionNorm = weights.TakeNorm(layer + "input_layernorm.weight", hidden),
            QueryKeyValue = weights.Take(config.FusedProjections ? [(layer + "self_attn.qkv_proj.weight", queries + 2 * shared)] : Projections("weight"), hidden),
            QueryKeyValueBias = config.QueryKeyValueBias ? weights.Take(Projections("bias")) : null,
            QueryNorm = config.QueryKeyNorm ? weights.TakeNorm(layer + "self_attn.q_norm.weight", head) : null,
            KeyNorm = config.QueryKeyNorm ? weights.TakeNorm(layer + "self_attn.k_norm.weight", head) : null,
            Output = weights.Take([(layer + "self_attn.o_proj.weight", hidden)], queries),
            AttentionPostNorm = config.PostNorms ? afterAttention : null,
            FeedForwardNorm = config.PostNorms ? weights.TakeNorm(layer + "pre_feedforward_layernorm.weight", hidden) : afterAttention,
            GateUp = weights.Take(
                config.FusedProjections ? [(layer + "mlp.gate_up_proj.weight", 2 * inner)] : [(layer + "mlp.gate_proj.weight", inner), (layer + "mlp.up_proj.weight", inner)],
                hidden),
            Down = weights.Take([(layer + "mlp.down_proj.weight", hidden)], inner),
            FeedForwardPostNorm = config.PostNorms ? weights.TakeNorm(layer + "post_feedforward_layernorm.weight", hidden) : null,
        };
    }
}
