using CocoonOrleans.Inference.Cpu.Kernels;
using CocoonOrleans.Inference.Cpu.Memory;
using CocoonOrleans.Inference.Cpu.Weights;

namespace CocoonOrleans.Inference.Cpu;

/// <summary>
/// Keys and values of all sequences in blocks of 16 positions, float32. A block holds all layers; in each of them keys as [key-value heads, head size, 16] and then values as
/// [key-value heads, 16, head size rounded up to 16]. Memory is taken some blocks at a time, when the first of them is used.
/// </summary>
internal sealed unsafe class CpuKeyValueCache : IDisposable
{
    private const int Positions = AttentionHead.BlockPositions;
    private const long ChunkBytes = 4L * NativeBlock.HugePageBytes;

    private readonly NativeBlock?[] _chunks;
    private readonly int _blocksPerChunk;
    private readonly int _headSize;
    private readonly int _heads;
    private readonly long _layerFloats;
    private readonly long _blockFloats;

    /// <param name="layers">Number of layers.</param>
    /// <param name="heads">Key-value heads.</param>
    /// <param name="headSize">Width of a head.</param>
    /// <param name="blocks">Number of blocks.</param>
    public CpuKeyValueCache(int layers, int heads, int headSize, int blocks)
    {
        (_heads, _headSize, Blocks) = (heads, headSize, blocks);
        PaddedHeadSize = WeightMatrix.Pad(headSize, Positions);
        _layerFloats = (long)heads * Positions * (headSize + PaddedHeadSize);
        _blockFloats = layers * _layerFloats;
        _blocksPerChunk = (int)Math.Clamp(ChunkBytes / (_blockFloats * sizeof(float)), 1, blocks);
        _chunks = new NativeBlock?[(blocks + _blocksPerChunk - 1) / _blocksPerChunk];
    }

    /// <summary>Number of blocks.</summary>
    public int Blocks { get; }

    /// <summary>Width of a head of values.</summary>
    public int PaddedHeadSize { get; }

    /// <summary>Address of a block's floats. It stays the same.</summary>
    public float* Address(int block)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(block);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(block, Blocks);
        var chunk = _chunks[block / _blocksPerChunk] ??= new NativeBlock(_blocksPerChunk * _blockFloats * sizeof(float));
        return chunk.Pointer<float>(_blockFloats, block % _blocksPerChunk * _blockFloats);
    }

    /// <summary>Floats from a block's address to a head's keys.</summary>
    public nint KeyOffset(int layer, int head) => (nint)((layer * _layerFloats) + ((long)head * _headSize * Positions));

    /// <summary>Floats from a block's address to a head's values.</summary>
    public nint ValueOffset(int layer, int head)
        => (nint)((layer * _layerFloats) + ((long)_heads * _headSize * Positions) + ((long)head * Positions * PaddedHeadSize));

    /// <summary>Stores one position of one layer.</summary>
    /// <param name="block">Address of its block.</param>
    /// <param name="place">Place in the block, 0 to 15.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="keys">[key-value heads, head size].</param>
    /// <param name="values">The same shape.</param>
    public void Store(float* block, int place, int layer, float* keys, float* values)
    {
        unchecked
        {
            for (var head = 0; head < _heads; head++, keys += _headSize, values += _headSize)
            {
                var key = block + KeyOffset(layer, head) + place;
                for (nint i = 0; i < _headSize; i++)
                {
                    key[i * Positions] = keys[i];
                }

                new Span<float>(values, _headSize).CopyTo(new Span<float>(block + ValueOffset(layer, head) + (place * PaddedHeadSize), _headSize));
            }
        }
    }

    /// <summary>Zeroes a block.</summary>
    public void Clear(int block)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(block);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(block, Blocks);
        if (_chunks[block / _blocksPerChunk] is not null)
        {
            new Span<float>(Address(block), checked((int)_blockFloats)).Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var chunk in _chunks)
        {
            chunk?.Dispose();
        }
    }
}
