using TorchSharp;

namespace CocoonOrleans.Inference.Models;

/// <summary>
/// Keys and values in libtorch's memory: for each layer and kind one tensor [slots, key-value heads, head size], 16 slots a block. Nothing is written at
/// first, so the system gives memory to a block when it is first used.
/// </summary>
internal sealed class KeyValueCache : IDisposable
{
    private readonly torch.Tensor[] _keys;
    private readonly torch.Tensor[] _values;

    /// <param name="config">The shape.</param>
    /// <param name="blocks">Number of blocks.</param>
    /// <param name="place">Where they lie, and in which numbers.</param>
    public KeyValueCache(DecoderConfig config, int blocks, TorchPlace place)
    {
        torch.Tensor Make()
            => torch.empty([(long)blocks * IDecoder.BlockTokens, config.KeyValueHeads, config.HeadSize], place.Numbers, place.Device).DetachFromDisposeScope();

        Blocks = blocks;
        _keys = [.. Enumerable.Range(0, config.Layers).Select(_ => Make())];
        _values = [.. Enumerable.Range(0, config.Layers).Select(_ => Make())];
    }

    /// <summary>Number of blocks.</summary>
    public int Blocks { get; }

    /// <summary>Stores one position of each row's sequence.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="slots">[n]: where each row lies.</param>
    /// <param name="keys">[n, key-value heads, head size].</param>
    /// <param name="values">The same shape.</param>
    public void Store(int layer, torch.Tensor slots, torch.Tensor keys, torch.Tensor values)
    {
        _keys[layer].index_copy_(0, slots, keys);
        _values[layer].index_copy_(0, slots, values);
    }

    /// <summary>Keys and values of some slots, [n, key-value heads, head size] each.</summary>
    public (torch.Tensor Keys, torch.Tensor Values) Read(int layer, torch.Tensor slots) => (_keys[layer].index_select(0, slots), _values[layer].index_select(0, slots));

    /// <summary>See <see cref="ITransformer.Clear"/>.</summary>
    public void Clear(int block)
    {
        foreach (var cache in (torch.Tensor[])[.. _keys, .. _values])
        {
            cache.narrow(0, (long)block * IDecoder.BlockTokens, IDecoder.BlockTokens).zero_();
        }
    }

    public void Dispose()
    {
        foreach (var cache in (torch.Tensor[])[.. _keys, .. _values])
        {
            cache.Dispose();
        }
    }
}
