using CocoonOrleans.Inference.Cpu.Memory;
using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Cpu;

/// <summary>All weights of a decoder in the CPU's formats, named and shaped as in Hugging Face's files.</summary>
internal sealed class CpuWeights : IDisposable
{
    private readonly List<CpuLayer> _layers = [];

    /// <param name="config">The shape.</param>
    /// <param name="source">The weights.</param>
    /// <param name="format">Of the layers' matrices; null: each in the smallest format that keeps every weight as it is.</param>
    /// <exception cref="ModelFormatException">A tensor is missing, has another shape than the configuration asks for, holds no finite numbers, or is unknown.</exception>
    public CpuWeights(DecoderConfig config, CpuWeightSource source, WeightFormat? format)
    {
        // The first and the last matrix decide most about quality: they stay at 8 bits.
        var outer = format == WeightFormat.Int4 ? WeightFormat.Int8 : format;
        Embedding = source.Take(outer, [("model.embed_tokens.weight", config.VocabularySize)], config.HiddenSize);
        for (var i = 0; i < config.Layers; i++)
        {
            _layers.Add(TakeLayer(config, source, format, $"model.layers.{i}."));
        }

        FinalNorm = source.TakeNorm("model.norm.weight", config.HiddenSize);
        Head = config.Embeds ? null : config.TiedEmbeddings ? Embedding : source.Take(outer, [("lm_head.weight", config.VocabularySize)], config.HiddenSize);
        source.RefuseUnknown(config.MayLeave);
        source.Keep();
    }

    /// <summary>[vocabulary, hidden].</summary>
    public WeightMatrix Embedding { get; }

    /// <summary>The layers, first to last.</summary>
    public IReadOnlyList<CpuLayer> Layers => _layers;

    /// <summary>[hidden].</summary>
    public NativeBlock FinalNorm { get; }

    /// <summary>[vocabulary, hidden]; the embedding itself where both are tied; null where rows end before it.</summary>
    public WeightMatrix? Head { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _layers.ForEach(layer => layer.Dispose());
        Embedding.Dispose();
        FinalNorm.Dispose();
        Head?.Dispose();
    }

    private static CpuLayer TakeLayer(DecoderConfig config, CpuWeightSource source, WeightFormat? format, string layer)
    {
        var (hidden, head, inner) = (config.HiddenSize, config.HeadSize, config.IntermediateSize);
        var (queries, shared) = (config.Heads * head, config.KeyValueHeads * head);
        (string, int)[] Projections(string kind)
            => [($"{layer}self_attn.q_proj.{kind}", queries), ($"{layer}self_attn.k_proj.{kind}", shared), ($"{layer}self_attn.v_proj.{kind}", shared)];

        var afterAttention = source.TakeNorm(layer + "post_attention_layernorm.weight", hidden);
        return new CpuLayer
        {
            AttentionNorm = source.TakeNorm(layer + "input_layernorm.weight", hidden),
            QueryKeyValue = source.Take(format, config.FusedProjections ? [(layer + "self_attn.qkv_proj.weight", queries + (2 * shared))] : Projections("weight"), hidden),
            QueryKeyValueBias = config.QueryKeyValueBias ? source.TakeVector(Projections("bias")) : null,
            QueryNorm = config.QueryKeyNorm ? source.TakeNorm(layer + "self_attn.q_norm.weight", head) : null,
            KeyNorm = config.QueryKeyNorm ? source.TakeNorm(layer + "self_attn.k_norm.weight", head) : null,
            Output = source.Take(format, [(layer + "self_attn.o_proj.weight", hidden)], queries),
            AttentionPostNorm = config.PostNorms ? afterAttention : null,
            FeedForwardNorm = config.PostNorms ? source.TakeNorm(layer + "pre_feedforward_layernorm.weight", hidden) : afterAttention,
            GateUp = source.Take(
                format,
                config.FusedProjections ? [(layer + "mlp.gate_up_proj.weight", 2 * inner)] : [(layer + "mlp.gate_proj.weight", inner), (layer + "mlp.up_proj.weight", inner)],
                hidden),
            Down = source.Take(format, [(layer + "mlp.down_proj.weight", hidden)], inner),
            FeedForwardPostNorm = config.PostNorms ? source.TakeNorm(layer + "post_feedforward_layernorm.weight", hidden) : null,
        };
    }
}
