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
    /// <param name="slots">Highest number of sequences at once.</param>
    /// <exception cref="Formats.ModelFormatException">The weights don't fit the shape.</exception>
    public LlamaDecoder(LlamaConfig config, IReadOnlyDictionary<string, WeightTensor> weights, int contextTokens, int slots = 1024)
    {
        _config = config;
        ContextTokens = contextTokens;
        _weights = new LlamaWeights(config, weights);
        _cache = new KeyValueCache(config, contextTokens, slots);

        using var scope = NewDisposeScope();
        // In double: at position 100,000 a float32 angle is already off in its third digit.
        var frequencies = pow(config.RopeBase, arange(0, config.HeadSize, 2, dtype: float64) / -config.HeadSize);
        var angles = outer(arange(contextTokens, dtype: float64), frequencies);
        _cosines = cat([angles.cos(), angles.cos()], 1).to(float32).DetachFromDisposeScope();
        _sines = cat([angles.sin(), angles.sin()], 1).to(float32).DetachFromDisposeScope();
    }

    public int VocabularySize => _config.VocabularySize;

    public int ContextTokens { get; }

    public void Prefill(int slot, ReadOnlySpan<int> ids, Span<float> logits)
    {
        using var scope = NewDisposeScope();
        _cache.Reserve(slot + 1);
        var count = ids.Length;
        var rows = arange((long)slot * ContextTokens, (long)slot * ContextTokens + count, dtype: int64);
        var (heads, groups, size) = (_config.Heads, _config.Heads / _config.KeyValueHeads, _config.HeadSize);

        Tensor Spread(Tensor shared) => shared.transpose(0, 1).unsqueeze(1).expand(-1, groups, -1, -1).reshape(1, heads, count, size);

        var x = Forward(Tokens(ids), _cosines.narrow(0, 0, count), _sines.narrow(0, 0, count), (layer, queries, keys, values) =>
        {
            _cache.Store(layer, rows, keys, values);
            return scaled_dot_product_attention(queries.transpose(0, 1).unsqueeze(0), Spread(keys), Spread(values), is_casual: count > 1)
                .squeeze(0).transpose(0, 1);
        });
        Logits(x.narrow(0, count - 1, 1), logits);
    }

    public void Decode(ReadOnlySpan<int> ids, ReadOnlySpan<int> positions, Span<float> logits)
    {
        using var scope = NewDisposeScope();
        var count = ids.Length;
        var places = Tokens(positions);
        var rows = places + arange(count, dtype: int64) * ContextTokens;
        var length = Longest(positions) + 1;
        var mask = zeros([count, length], float32)
            .masked_fill(arange(length, dtype: int64).unsqueeze(0).gt(places.unsqueeze(1)), float.NegativeInfinity)
            .view(count, 1, 1, length);

        var x = Forward(Tokens(ids), _cosines.index_select(0, places), _sines.index_select(0, places), (layer, queries, keys, values) =>
        {
            _cache.Store(layer, rows, keys, values);
            var (allKeys, allValues) = _cache.Read(layer, count, length);
            // The query heads that share a key head stand where the positions of a prompt would: no key is repeated in memory.
            return scaled_dot_product_attention(queries.reshape(count, _config.KeyValueHeads, -1, _config.HeadSize), allKeys, allValues, mask);
        });
        Logits(x, logits);
    }

    public void Move(int from, int to, int positions)
    {
        using var scope = NewDisposeScope();
        _cache.Move(from, to, positions);
    }

    public void Clear(int slot, int positions)
    {
        using var scope = NewDisposeScope();
        _cache.Clear(slot, positions);
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
    /// <param name="attend">Layer, queries [n, heads, size], keys and values [n, key-value heads, size] to the attended values, n x heads x size in this order.</param>
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

    private void Logits(Tensor x, Span<float> logits)
        => MemoryMarshal.Cast<byte, float>(linear(Norm(x, _weights.FinalNorm), _weights.Head).bytes).CopyTo(logits);

    private Tensor Norm(Tensor x, Tensor weight)
        => x * (x * x).mean([-1L], true).add(_config.NormEpsilon).rsqrt() * weight;

    private Tensor Rotate(Tensor x, Tensor cosines, Tensor sines)
    {
        var half = _config.HeadSize / 2;
        return x * cosines + cat([x.narrow(2, half, half).neg(), x.narrow(2, 0, half)], 2) * sines;
    }

    private static int Longest(ReadOnlySpan<int> positions)
    {
        var longest = 0;
        foreach (var position in positions)
        {
            longest = Math.Max(longest, position);
        }

        return longest;
    }

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
