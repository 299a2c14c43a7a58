using System.Runtime.InteropServices;
using CocoonOrleans.Inference.Formats;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace CocoonOrleans.Inference.Models;

/// <summary>
/// A decoder in TorchSharp's operations, in float32 on the processor the reference that faster kernels are measured against. RMSNorm, rotary positions
/// (rotate-half), grouped-query attention, gated feed-forward layers, and each family's switches. libtorch rounds differently for another number of
/// rows, so logits of a batch differ from those of a sequence alone in their last bits.
/// </summary>
internal sealed class TorchDecoder : IDecoder
{
    private readonly DecoderConfig _config;
    private readonly TorchPlace _place;
    private readonly DecoderWeights<Tensor, Tensor> _weights;
    private readonly KeyValueCache _cache;
    private readonly RotaryTable _turns;
    private readonly RotaryTable _windowTurns;

    /// <param name="config">The shape.</param>
    /// <param name="weights">The weights by name.</param>
    /// <param name="contextTokens">Highest number of positions, at most the model's own.</param>
    /// <param name="blocks">Blocks of the key-value cache.</param>
    /// <param name="place">Where it computes; <see cref="TorchPlace.Reference"/> if null.</param>
    /// <exception cref="Formats.ModelFormatException">The weights don't fit the shape.</exception>
    public TorchDecoder(DecoderConfig config, IReadOnlyDictionary<string, WeightTensor> weights, int contextTokens, int blocks, TorchPlace? place = null)
    {
        _config = config;
        _place = place ?? TorchPlace.Reference;
        ContextTokens = contextTokens;
        using (var source = new TorchWeightSource(weights, config.NormOffset, _place))
        {
            _weights = new DecoderWeights<Tensor, Tensor>(config, source);
        }

        _cache = new KeyValueCache(config, blocks, _place);
        _turns = new RotaryTable(config.Rotary, config.RotarySize, contextTokens, _place);
        _windowTurns = config.WindowRotary == config.Rotary ? _turns : new RotaryTable(config.WindowRotary, config.RotarySize, contextTokens, _place);
    }

    public int VocabularySize => _config.VocabularySize;

    public int RowSize => _config.Embeds ? _config.HiddenSize : _config.VocabularySize;

    public int ContextTokens { get; }

    public int Blocks => _cache.Blocks;

    public void Compute(StepBatch batch, Span<float> logits)
    {
        using var scope = NewDisposeScope();
        var places = _place.Indices(batch.Positions);
        var slots = _place.Indices(SlotsOf(batch));
        var parts = AttentionPart.Of(batch, _place);
        var x = Forward(_place.Indices(batch.Ids), places, (layer, queries, keys, values) =>
        {
            _cache.Store(layer, slots, keys, values);
            var attended = parts.ConvertAll(part => Attend(layer, part, queries));
            return attended.Count == 1 ? attended[0] : cat(attended, 0);
        });
        if (batch.LogitRows > 0)
        {
            Logits(batch.LogitRows == batch.Rows ? x : x.index_select(0, _place.Indices(batch.OutputRows())), logits);
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
        _turns.Dispose();
        _windowTurns.Dispose();
    }

    /// <param name="ids">[n] token ids.</param>
    /// <param name="places">[n] their positions.</param>
    /// <param name="attend">Layer, queries [n, heads, size], keys and values [n, key-value heads, size] to the attended values [n, heads x size].</param>
    /// <returns>[n, hidden] before the last norm.</returns>
    private Tensor Forward(Tensor ids, Tensor places, Func<int, Tensor, Tensor, Tensor, Tensor> attend)
    {
        var (heads, shared, inner) = (_config.Heads, _config.KeyValueHeads, _config.IntermediateSize);
        var count = ids.shape[0];
        var (turns, windowTurns) = (_turns.At(places), _windowTurns.At(places));
        var x = _weights.Embedding.index_select(0, ids);
        if (_config.EmbeddingScale != 1)
        {
            x = x * _config.EmbeddingScale;
        }

        for (var i = 0; i < _weights.Layers.Count; i++)
        {
            // What attention gathers of the cache is large, and gone before the next layer.
            using var scope = NewDisposeScope();
            var layer = _weights.Layers[i];
            var all = linear(Norm(x, layer.AttentionNorm), layer.QueryKeyValue, layer.QueryKeyValueBias).view(count, heads + 2 * shared, _config.HeadSize);
            var (queries, keys) = Turn(layer, all, _config.Windows[i] > 0 ? windowTurns : turns);
            var attended = linear(attend(i, queries, keys, all.narrow(1, heads + shared, shared)), layer.Output);
            x = x + (layer.AttentionPostNorm is { } afterAttention ? Norm(attended, afterAttention) : attended);
            var gateUp = linear(Norm(x, layer.FeedForwardNorm), layer.GateUp);
            var fed = linear(Activate(gateUp.narrow(1, 0, inner)) * gateUp.narrow(1, inner, inner), layer.Down);
            x = (x + (layer.FeedForwardPostNorm is { } afterFeedForward ? Norm(fed, afterFeedForward) : fed)).MoveToOuterDisposeScope();
        }

        return x;
    }

    private (Tensor Queries, Tensor Keys) Turn(DecoderLayer<Tensor, Tensor> layer, Tensor all, (Tensor Cosines, Tensor Sines) turns)
    {
        var (heads, shared) = (_config.Heads, _config.KeyValueHeads);
        if (layer.QueryNorm is null || layer.KeyNorm is null)
        {
            var turned = Rotate(all.narrow(1, 0, heads + shared), turns);
            return (turned.narrow(1, 0, heads), turned.narrow(1, heads, shared));
        }

        return (Rotate(Norm(all.narrow(1, 0, heads), layer.QueryNorm), turns), Rotate(Norm(all.narrow(1, heads, shared), layer.KeyNorm), turns));
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
        return Attend(grouped, Shared(keys), Shared(values), part.Mask(heads / shared, _config.Windows[layer]))
            .view(sequences, shared, heads / shared, rows, size).permute(0, 3, 1, 2, 4).reshape(sequences * rows, heads * size);
    }

    private Tensor Attend(Tensor queries, Tensor keys, Tensor values, Tensor? mask)
    {
        // SDPA scales by the root of the head's size itself; what is left of another scale goes into the queries.
        var rest = _config.AttentionScale * Math.Sqrt(_config.HeadSize);
        if (_config.AttentionCap is not { } cap)
        {
            return scaled_dot_product_attention(Math.Abs(rest - 1) < 1e-12 ? queries : queries * rest, keys, values, mask);
        }

        var scores = matmul(queries * _config.AttentionScale, keys.transpose(-2, -1));
        scores = (scores / cap).tanh() * cap;
        return matmul(softmax(mask is null ? scores : scores + mask, -1), values);
    }

    private void Logits(Tensor x, Span<float> logits)
    {
        var all = Norm(x, _weights.FinalNorm);
        if (_weights.Head is { } head)
        {
            all = linear(all, head);
        }

        all = all.to(ScalarType.Float32, CPU);
        if (_config.LogitCap is { } cap && !_config.Embeds)
        {
            all = (all / cap).tanh() * cap;
        }

        MemoryMarshal.Cast<byte, float>(all.bytes).CopyTo(logits);
    }

    private Tensor Activate(Tensor gate) => _config.Activation == Activation.GeluTanh ? GeluTanh(gate) : silu(gate);

    // TorchSharp's gelu is the exact one only.
    private static Tensor GeluTanh(Tensor x) => x * 0.5 * (1 + (Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)).tanh());

    private Tensor Norm(Tensor x, Tensor weight)
    {
        // Squares of bfloat16 would lose what a norm is for.
        var wide = x.dtype == ScalarType.Float32 ? x : x.to(ScalarType.Float32);
        var normed = wide * (wide * wide).mean([-1L], true).add(_config.NormEpsilon).rsqrt() * weight;
        return x.dtype == ScalarType.Float32 ? normed : normed.to(x.dtype);
    }

    private Tensor Rotate(Tensor x, (Tensor Cosines, Tensor Sines) turns)
    {
        var (size, half) = (_config.RotarySize, _config.RotarySize / 2);
        var part = size == _config.HeadSize ? x : x.narrow(2, 0, size);
        var turned = part * turns.Cosines + cat([part.narrow(2, half, half).neg(), part.narrow(2, 0, half)], 2) * turns.Sines;
        return size == _config.HeadSize ? turned : cat([turned, x.narrow(2, size, _config.HeadSize - size)], 2);
    }

    private static int[] SlotsOf(StepBatch batch)
        => [.. batch.Entries.SelectMany(entry => Enumerable.Range(entry.Position, entry.Rows).Select(entry.Blocks.Slot))];

}
