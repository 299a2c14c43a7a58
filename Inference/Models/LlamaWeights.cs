using CocoonOrleans.Inference.Formats;
using TorchSharp;

namespace CocoonOrleans.Inference.Models;

/// <summary>All weights of a Llama decoder as float32 tensors, named and shaped as in Hugging Face's <c>LlamaForCausalLM</c>.</summary>
internal sealed class LlamaWeights : IDisposable
{
    private readonly List<LlamaLayer> _layers = [];

    /// <exception cref="ModelFormatException">A tensor is missing, has another shape than the configuration asks for, or is unknown.</exception>
    public LlamaWeights(LlamaConfig config, IReadOnlyDictionary<string, WeightTensor> source)
    {
        using var weights = new WeightSource(source);
        var (hidden, head) = (config.HiddenSize, config.HeadSize);
        Embedding = weights.Take([("model.embed_tokens.weight", config.VocabularySize)], hidden);
        for (var i = 0; i < config.Layers; i++)
        {
            var layer = $"model.layers.{i}.";
            _layers.Add(new LlamaLayer(
                weights.Take([(layer + "input_layernorm.weight", hidden)]),
                weights.Take(
                    [
                        (layer + "self_attn.q_proj.weight", config.Heads * head),
                        (layer + "self_attn.k_proj.weight", config.KeyValueHeads * head),
                        (layer + "self_attn.v_proj.weight", config.KeyValueHeads * head),
                    ],
                    hidden),
                weights.Take([(layer + "self_attn.o_proj.weight", hidden)], config.Heads * head),
                weights.Take([(layer + "post_attention_layernorm.weight", hidden)]),
                weights.Take([(layer + "mlp.gate_proj.weight", config.IntermediateSize), (layer + "mlp.up_proj.weight", config.IntermediateSize)], hidden),
                weights.Take([(layer + "mlp.down_proj.weight", hidden)], config.IntermediateSize)));
        }

        FinalNorm = weights.Take([("model.norm.weight", hidden)]);
        Head = config.TiedEmbeddings ? Embedding : weights.Take([("lm_head.weight", config.VocabularySize)], hidden);
        weights.RefuseUnknown(config.TiedEmbeddings);
        weights.Keep();
    }

    /// <summary>[vocabulary, hidden].</summary>
    public torch.Tensor Embedding { get; }

    /// <summary>The layers, first to last.</summary>
    public IReadOnlyList<LlamaLayer> Layers => _layers;

    /// <summary>[hidden].</summary>
    public torch.Tensor FinalNorm { get; }

    /// <summary>[vocabulary, hidden]; the embedding itself where both are tied.</summary>
    public torch.Tensor Head { get; }

    public void Dispose()
    {
        _layers.ForEach(layer => layer.Dispose());
        Embedding.Dispose();
        FinalNorm.Dispose();
        Head.Dispose();
    }
}
