using TorchSharp;

namespace CocoonOrleans.Inference.Models;

/// <summary>
/// Keys and values of all sequences: for each layer one tensor [slots, context, key-value heads, head size]. Slots are allocated when the
/// first sequence needs them, in powers of two up to the highest number, because all of them together can be larger than what the load ever asks for.
/// </summary>
internal sealed class KeyValueCache(LlamaConfig config, int contextTokens, int mostSlots) : IDisposable
{
    private readonly torch.Tensor?[] _keys = new torch.Tensor?[config.Layers];
    private readonly torch.Tensor?[] _values = new torch.Tensor?[config.Layers];
    private int _slots;

    /// <summary>Makes sure that so many slots exist.</summary>
    public void Reserve(int slots)
    {
        if (slots <= _slots)
        {
            return;
        }

        var grown = 1;
        while (grown < slots)
        {
            grown *= 2;
        }

        grown = Math.Min(grown, mostSlots);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            Grow(ref _keys[layer], grown);
            Grow(ref _values[layer], grown);
        }

        _slots = grown;
    }

    /// <summary>Stores one position of each row's sequence.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="rows">[n]: slot x context + position.</param>
    /// <param name="keys">[n, key-value heads, head size].</param>
    /// <param name="values">The same shape.</param>
    public void Store(int layer, torch.Tensor rows, torch.Tensor keys, torch.Tensor values)
    {
        foreach (var (cache, added) in ((torch.Tensor, torch.Tensor)[])[(_keys[layer]!, keys), (_values[layer]!, values)])
        {
            cache.view(-1, config.KeyValueHeads, config.HeadSize).index_copy_(0, rows, added);
        }
    }

    /// <summary>The first positions of the first slots, [slots, key-value heads, positions, head size], without a copy.</summary>
    public (torch.Tensor Keys, torch.Tensor Values) Read(int layer, int slots, int positions)
        => (View(_keys[layer]!, slots, positions), View(_values[layer]!, slots, positions));

    /// <summary>See <see cref="IDecoder.Move"/>.</summary>
    public void Move(int from, int to, int positions)
    {
        foreach (var cache in _keys.Concat(_values))
        {
            cache![to].narrow(0, 0, positions).copy_(cache[from].narrow(0, 0, positions));
        }

        Clear(from, positions);
    }

    /// <summary>See <see cref="IDecoder.Clear"/>.</summary>
    public void Clear(int slot, int positions)
    {
        if (slot >= _slots)
        {
            // Nothing was stored: memory for it could not be had.
            return;
        }

        foreach (var cache in _keys.Concat(_values))
        {
            cache![slot].narrow(0, 0, positions).zero_();
        }
    }

    public void Dispose()
    {
        foreach (var cache in _keys.Concat(_values))
        {
            cache?.Dispose();
        }
    }

    private static torch.Tensor View(torch.Tensor cache, int slots, int positions)
        => cache.narrow(0, 0, slots).narrow(1, 0, positions).transpose(1, 2);

    private void Grow(ref torch.Tensor? cache, int slots)
    {
        // Zeros, because attention also reads what its mask then leaves out, and no number survives an unlucky NaN.
        var grown = torch.zeros([slots, contextTokens, config.KeyValueHeads, config.HeadSize], torch.float32).DetachFromDisposeScope();
        if (cache is not null)
        {
            grown.narrow(0, 0, cache.shape[0]).copy_(cache);
            cache.Dispose();
        }

        cache = grown;
    }
}
