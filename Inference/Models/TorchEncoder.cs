using System.Runtime.InteropServices;
using CocoonOrleans.Inference.Formats;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace CocoonOrleans.Inference.Models;

/// <summary>
/// An encoder in TorchSharp's operations, in float32 on the processor the reference that our own kernels are measured against. One call computes one layer, so that answers of other models
/// go on in between. libtorch rounds differently for another number of rows, so states in a batch differ from those of a text alone in their last bits.
/// </summary>
internal sealed class TorchEncoder : ITransformer
{
    private readonly EncoderConfig _config;
    private readonly TorchPlace _place;
    private readonly EncoderWeights _weights;
    private Tensor? _states;
    private int _layer;

    /// <param name="config">The shape.</param>
    /// <param name="weights">The weights by name.</param>
    /// <param name="contextTokens">Highest number of positions, at most the model's own.</param>
    /// <param name="blocks">Blocks that the caller gives out; nothing is kept in them.</param>
    /// <param name="place">Where it computes; <see cref="TorchPlace.Reference"/> if null.</param>
    /// <exception cref="ModelFormatException">The weights don't fit the shape.</exception>
    public TorchEncoder(EncoderConfig config, IReadOnlyDictionary<string, WeightTensor> weights, int contextTokens, int blocks, TorchPlace? place = null)
    {
        (_config, _place) = (config, place ?? TorchPlace.Reference);
        (ContextTokens, Blocks) = (contextTokens, blocks);
        _weights = new EncoderWeights(config, weights, _place);
    }

    public int VocabularySize => _config.VocabularySize;

    public int RowSize => _config.HiddenSize;

    public int ContextTokens { get; }

    public int Blocks { get; }

    public bool IsCausal => false;

    public bool Continue(StepBatch batch, Span<float> rows)
    {
        using var scope = NewDisposeScope();
        var x = _states is { } states ? Layer(batch, states, _weights.Layers[_layer++]) : Embed(batch);
        Abandon(_layer);
        if (_layer < _config.Layers)
        {
            _states = x.DetachFromDisposeScope();
            return false;
        }

        _layer = 0;
        if (batch.LogitRows > 0)
        {
            var asked = batch.LogitRows == batch.Rows ? x : x.index_select(0, _place.Indices(batch.OutputRows()));
            MemoryMarshal.Cast<byte, float>(asked.to(ScalarType.Float32, CPU).contiguous().bytes).CopyTo(rows);
        }

        return true;
    }

    public void Abandon() => Abandon(layer: 0);

    public void Clear(int block)
    {
        // Nothing is kept in blocks.
    }

    public void Dispose()
    {
        Abandon();
        _weights.Dispose();
    }

    private void Abandon(int layer)
    {
        // Zeroed: it is made of somebody's text.
        _states?.zero_();
        _states?.Dispose();
        (_states, _layer) = (null, layer);
    }

    private Tensor Embed(StepBatch batch)
    {
        var x = _weights.Words.index_select(0, _place.Indices(batch.Ids)) + _weights.Positions.index_select(0, _place.Indices(batch.Positions) + _config.FirstPosition);
        return Norm(_weights.TokenTypes is { } types ? x + types.narrow(0, 0, 1) : x, _weights.EmbeddingNorm);
    }

    private Tensor Layer(StepBatch batch, Tensor x, EncoderLayer layer)
    {
        var all = linear(x, layer.QueryKeyValue, layer.QueryKeyValueBias).view(batch.Rows, 3, _config.Heads, _config.HeadSize);
        var attended = batch.Entries.Select(entry => Attend(all.narrow(0, entry.FirstRow, entry.Rows))).ToList();
        x = Norm(x + linear(attended.Count == 1 ? attended[0] : cat(attended, 0), layer.Output, layer.OutputBias), layer.AttentionNorm);
        return Norm(x + linear(gelu(linear(x, layer.Up, layer.UpBias)), layer.Down, layer.DownBias), layer.FeedForwardNorm);
    }

    /// <param name="all">[n, 3, heads, size] of one text.</param>
    /// <returns>[n, hidden].</returns>
    private Tensor Attend(Tensor all)
    {
        var heads = all.permute(1, 2, 0, 3);
        return scaled_dot_product_attention(heads[0], heads[1], heads[2]).transpose(0, 1).reshape(all.shape[0], _config.HiddenSize);
    }

    private Tensor Norm(Tensor x, EncoderNorm norm) => layer_norm(x, [_config.HiddenSize], norm.Weight, norm.Bias, _config.NormEpsilon);
}
