namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>
/// One key-value head for one position of one sequence. A cache block holds 16 positions: keys as [head size, 16], so that a vector's lane is a position, and values
/// as [16, head size rounded up to 16].
/// </summary>
internal unsafe struct AttentionHead
{
    /// <summary>Positions of a cache block.</summary>
    public const int BlockPositions = 16;

    /// <summary>Query heads, side by side: <see cref="Heads"/> x <see cref="HeadSize"/>.</summary>
    public float* Queries;

    /// <summary>Receives the attended values, shaped as the queries.</summary>
    public float* Output;

    /// <summary>The sequence's cache blocks in the order of positions: addresses of floats.</summary>
    public nint* Blocks;

    /// <summary>Floats from a block's address to this head's keys.</summary>
    public nint KeyOffset;

    /// <summary>Floats from a block's address to this head's values.</summary>
    public nint ValueOffset;

    /// <summary>Query heads that share the key head.</summary>
    public int Heads;

    /// <summary>Width of a head.</summary>
    public int HeadSize;

    /// <summary>The first position that is attended to.</summary>
    public int First;

    /// <summary>The last one: the query's own.</summary>
    public int Last;

    /// <summary>Queries times keys are multiplied with this.</summary>
    public float Scale;

    /// <summary>Scores are capped softly at this; 0 for no cap.</summary>
    public float SoftCap;
}
