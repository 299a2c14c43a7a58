using System.Runtime.InteropServices;
using CocoonOrleans.Inference.Formats;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace CocoonOrleans.Inference.Models;

/// <summary>
/// A Llama decoder in TorchSharp's operations, float32: the reference that faster kernels are measured against. RMSNorm, rotary positions
/// (rotate-half), grouped-query attention, SwiGLU. libtorch rounds differently for another number of rows, so logits of a batch
/// differ from those of a sequence alone in their last bits.
/// </summary>
internal sealed class LlamaDecoder : IDecoder
{
    private readonly LlamaConfig _config;
    private readonly LlamaWeights _weights;
    private readonly KeyValueCache _cache;
    private readonly Tensor _cosines;
    private readonly Tensor _sines;

    /// <param name="config">The shape.</param>
    /// <param name="weights">The weights by name.</param>
    /// <param name="contextTokens">Highest number of positions, at most the model's own.</param>
    /// <param name="blocks">Blocks of the key-value cache.</param>
    /// <exception cref="Formats.ModelFormatException">The weights don't fit the shape.</exception>
    public LlamaDecoder(LlamaConfig config, IReadOnlyDictionary<string, WeightTensor> weights, int contextTokens, int blocks)
    {
        _config = config;
        ContextTokens = contextTokens;
        _weights = new LlamaWeights(config, weights);
        _cache = new KeyValueCache(config, blocks);

        using var scope = NewDisposeScope();
        // In double: at position 100,000 a float32 angle is already off in its third digit.
        var frequencies = pow(config.RopeBase, arange(0, config.HeadSize, 2, dtype: float64) / -config.HeadSize);
        var angles = outer(arange(contextTokens, dtype: float64), frequencies);
        _cosines = cat([angles.cos(), angles.cos()], 1).to(float32).DetachFromDisposeScope();
        _sines = cat([angles.sin(), angles.sin()], 1).to(float32).DetachFromDisposeScope();
    }

    public int VocabularySize => _config.VocabularySize;

    public int ContextTokens { get; }

    public int Blocks => _cache.Blocks;

    public void Compute(StepBatch batch, Span<float> logits)
    {
        using var scope = NewDisposeScope();
        var places = Tokens(batch.Positions);
        var slots = Tokens(SlotsOf(batch));
        var parts = AttentionPart.Of(batch);
        var x = Forward(Tokens(batch.Ids), _cosines.index_select(0, places), _sines.index_select(0, places), (layer, queries, keys, values) =>
        {
            _cache.Store(layer, slots, keys, values);
            var attended = parts.ConvertAll(part => Attend(layer, part, queries));
            return attended.Count == 1 ? attended[0] : cat(attended, 0);
        });
        if (batch.LogitRows > 0)
        {
            Logits(batch.LogitRows == batch.Rows ? x : x.index_select(0, Tokens(LogitRowsOf(batch))), logits);
        }
    }

    public void Clear(int block)
    {
        using var scope = NewDisposeScope();
        _cache.Clear(block);
    }

    public void Dispose()
    {
        _weights.Dispose();
        _cache.Dispose();
        _cosines.Dispose();
        _sines.Dispose();
    }

    /// <param name="ids">[n] token ids.</param>
    /// <param name="cosines">[n, head size] of their positions.</param>
    /// <param name="sines">The same shape.</param>
    /// <param name="attend">Layer, queries [n, heads, size], keys and values [n, key-value heads, size] to the attended values [n, heads x size].</param>
    /// <returns>[n, hidden] before the last norm.</returns>
    private Tensor Forward(Tensor ids, Tensor cosines, Tensor sines, Func<int, Tensor, Tensor, Tensor, Tensor> attend)
    {
        var (heads, shared, inner) = (_config.Heads, _config.KeyValueHeads, _config.IntermediateSize);
        var count = ids.shape[0];
        var x = _weights.Embedding.index_select(0, ids);
        for (var i = 0; i < _weights.Layers.Count; i++)
        {
            var layer = _weights.Layers[i];
            var all = linear(Norm(x, layer.AttentionNorm), layer.QueryKeyValue).view(count, heads + 2 * shared, _config.HeadSize);
            var turned = Rotate(all.narrow(1, 0, heads + shared), cosines.unsqueeze(1), sines.unsqueeze(1));
            var attended = attend(i, turned.narrow(1, 0, heads), turned.narrow(1, heads, shared), all.narrow(1, heads + shared, shared));
            x = x + linear(attended.reshape(count, -1), layer.Output);
            var gateUp = linear(Norm(x, layer.FeedForwardNorm), layer.GateUp);
            x = x + linear(silu(gateUp.narrow(1, 0, inner)) * gateUp.narrow(1, inner, inner), layer.Down);
        }

        return x;
    }

    private Tensor Attend(int layer, AttentionPart part, Tensor queries)
    {
        var (heads, shared, size) = (_config.Heads, _config.KeyValueHeads, _config.HeadSize);
        var (sequences, rows, length) = (part.Sequences, part.Rows, part.Length);
        var (keys, values) = _cache.Read(layer, part.Slots);

        // [sequences, key-value heads, length, size]; the query heads that share a key head stand beside the rows: no key is repeated in memory.
        Tensor Shared(Tensor all) => all.view(sequences, length, shared, size).transpose(1, 2);
        var grouped = queries.narrow(0, part.FirstRow, sequences * rows).reshape(sequences, rows, shared, heads / shared, size)
            .permute(0, 2, 3, 1, 4).reshape(sequences, shared, heads / shared * rows, size);
        return scaled_dot_product_attention(grouped, Shared(keys), Shared(values), part.Mask(heads / shared))
            .view(sequences, shared, heads / shared, rows, size).permute(0, 3, 1, 2, 4).reshape(sequences * rows, heads * size);
    }

    private void Logits(Tensor x, Span<float> logits)
        => MemoryMarshal.Cast<byte, float>(linear(Norm(x, _weights.FinalNorm), _weights.Head).bytes).CopyTo(logits);

    private Tensor Norm(Tensor x, Tensor weight)
        => x * (x * x).mean([-1L], true).add(_config.NormEpsilon).rsqrt() * weight;

    private Tensor Rotate(Tensor x, Tensor cosines, Tensor sines)
    {
        var half = _config.HeadSize / 2;
        return x * cosines + cat([x.narrow(2, half, half).neg(), x.narrow(2, 0, half)], 2) * sines;
    }

    private static int[] SlotsOf(StepBatch batch)
        => [.. batch.Entries.SelectMany(entry => Enumerable.Range(entry.Position, entry.Rows).Select(entry.Blocks.Slot))];

    private static int[] LogitRowsOf(StepBatch batch)
        => [.. batch.Entries.SelectMany(entry => Enumerable.Range(entry.FirstRow + entry.Rows - entry.LogitRows, entry.LogitRows))];

    private static Tensor Tokens(ReadOnlySpan<int> ids)
    {
        var wide = new long[ids.Length];
        for (var i = 0; i < wide.Length; i++)
        {
            wide[i] = ids[i];
        }

        return tensor(wide);
    }
}
