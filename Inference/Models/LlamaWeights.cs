using System.Runtime.InteropServices;
using CocoonOrleans.Inference.Formats;
using TorchSharp;

namespace CocoonOrleans.Inference.Models;

/// <summary>All weights of a Llama decoder as float32 tensors, named and shaped as in Hugging Face's <c>LlamaForCausalLM</c>.</summary>
internal sealed class LlamaWeights : IDisposable
{
    private const int CopyElements = 1 << 28;

    private readonly IReadOnlyDictionary<string, WeightTensor> _source;
    private readonly HashSet<string> _used = [];
    private readonly List<LlamaLayer> _layers = [];

    /// <exception cref="ModelFormatException">A tensor is missing, has another shape than the configuration asks for, or is unknown.</exception>
    public LlamaWeights(LlamaConfig config, IReadOnlyDictionary<string, WeightTensor> source)
    {
        _source = source;
        var (hidden, head) = (config.HiddenSize, config.HeadSize);
        Embedding = Take([("model.embed_tokens.weight", config.VocabularySize)], hidden);
        for (var i = 0; i < config.Layers; i++)
        {
            var layer = $"model.layers.{i}.";
            _layers.Add(new LlamaLayer(
                Take([(layer + "input_layernorm.weight", hidden)]),
                Take(
                    [
                        (layer + "self_attn.q_proj.weight", config.Heads * head),
                        (layer + "self_attn.k_proj.weight", config.KeyValueHeads * head),
                        (layer + "self_attn.v_proj.weight", config.KeyValueHeads * head),
                    ],
                    hidden),
                Take([(layer + "self_attn.o_proj.weight", hidden)], config.Heads * head),
                Take([(layer + "post_attention_layernorm.weight", hidden)]),
                Take([(layer + "mlp.gate_proj.weight", config.IntermediateSize), (layer + "mlp.up_proj.weight", config.IntermediateSize)], hidden),
                Take([(layer + "mlp.down_proj.weight", hidden)], config.IntermediateSize)));
        }

        FinalNorm = Take([("model.norm.weight", hidden)]);
        Head = config.TiedEmbeddings ? Embedding : Take([("lm_head.weight", config.VocabularySize)], hidden);
        RefuseUnknown(config.TiedEmbeddings);
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

    /// <summary>Makes one tensor out of parts that stand on top of each other.</summary>
    private torch.Tensor Take((string Name, int Rows)[] parts, int? columns = null)
    {
        var rows = parts.Sum(part => part.Rows);
        var result = torch.empty(columns is { } width ? [rows, width] : [rows], torch.float32).DetachFromDisposeScope();
        var row = 0L;
        foreach (var (name, count) in parts)
        {
            int[] shape = columns is { } known ? [count, known] : [count];
            if (!_source.TryGetValue(name, out var tensor))
            {
                throw new ModelFormatException("weights", name, $"is missing; config.json asks for a tensor of shape [{string.Join(", ", shape)}]");
            }

            if (!tensor.Shape.SequenceEqual(shape))
            {
                throw new ModelFormatException("weights", name, $"has the shape [{string.Join(", ", tensor.Shape)}], but config.json asks for [{string.Join(", ", shape)}]");
            }

            Copy(tensor.Values, result, row, columns ?? 1);
            _used.Add(name);
            row += count;
        }

        return result;
    }

    private static void Copy(ReadOnlySpan<float> values, torch.Tensor target, long row, int columns)
    {
        // A span reaches 2 GiB at most, so a large matrix is filled some rows at a time.
        var step = Math.Max(1, CopyElements / columns);
        for (var done = 0; done < values.Length / columns; done += step)
        {
            var count = Math.Min(step, values.Length / columns - done);
            using var part = target.narrow(0, row + done, count);
            MemoryMarshal.AsBytes(values.Slice(done * columns, count * columns)).CopyTo(part.bytes);
        }
    }

    private void RefuseUnknown(bool tied)
    {
        // Older files carry the rotary frequencies along, and some a copy of the tied output layer: both follow from the rest.
        var unknown = _source.Keys.FirstOrDefault(name => !_used.Contains(name) && !name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal) && !(tied && name == "lm_head.weight"));
        if (unknown is not null)
        {
            throw new ModelFormatException("weights", unknown, "is no part of the decoder that config.json describes");
        }
    }
}
