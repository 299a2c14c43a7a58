namespace CocoonOrleans.Inference.Models;

/// <summary>The blocks of the key-value cache that hold a sequence, in the order of its positions.</summary>
internal sealed class BlockTable
{
    private int[] _blocks = new int[8];

    /// <summary>Number of blocks.</summary>
    public int Count { get; private set; }

    /// <summary>Positions that the blocks have room for.</summary>
    public int Capacity => Count * IDecoder.BlockTokens;

    /// <summary>The blocks: position p lies in block p / 16, at p % 16.</summary>
    public ReadOnlySpan<int> Blocks => _blocks.AsSpan(0, Count);

    /// <summary>Where a position lies: block x 16 + place in it.</summary>
    public int Slot(int position) => _blocks[position / IDecoder.BlockTokens] * IDecoder.BlockTokens + position % IDecoder.BlockTokens;

    /// <summary>Adds a block behind the others.</summary>
    public void Add(int block)
    {
        if (Count == _blocks.Length)
        {
            Array.Resize(ref _blocks, Count * 2);
        }

        _blocks[Count++] = block;
    }

    /// <summary>Forgets all blocks.</summary>
    public void Clear() => Count = 0;
}
