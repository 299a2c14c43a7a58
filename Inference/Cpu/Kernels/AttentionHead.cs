namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>
/// One key-value head for one or some neighbouring positions of one sequence: the more queries there are, the more each key and value that is read serves. A cache block holds 16 positions: keys as [head size, 16], so that a vector's lane is a position, and values
/// as [16, head size rounded up to 16].
/// </summary>
internal unsafe struct AttentionHead
{
    /// <summary>Positions of a cache block.</summary>
    public const int BlockPositions = 16;

    /// <summary>The most positions at once.</summary>
    public const int MostPositions = 4;

    /// <summary>Query heads of the first position, side by side: <see cref="Heads"/> x <see cref="HeadSize"/>.</summary>
    public float* Queries;

    /// <summary>Floats from one position's queries to the next one's.</summary>
    public nint QueryStride;

    /// <summary>Receives the attended values, shaped as the queries.</summary>
    public float* Output;

    /// <summary>Floats from one position's output to the next one's.</summary>
    public nint OutputStride;

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

    /// <summary>Positions that ask, 1 to <see cref="MostPositions"/>.</summary>
    public int Positions;

    /// <summary>The last position that the first of them attends to.</summary>
    public int Last;

    /// <summary>What each further one attends to beyond that: 1 where none looks ahead, 0 where all see the same.</summary>
    public int LastStep;

    /// <summary>Positions that each attends to, counted from its last one; 0 for all.</summary>
    public int Window;

    /// <summary>Queries times keys are multiplied with this.</summary>
    public float Scale;

    /// <summary>Scores are capped softly at this; 0 for no cap.</summary>
    public float SoftCap;

    /// <summary>Positions at once for so many query heads that share a key head: as few as make their queries a multiple of the four that registers hold.</summary>
    public static int PositionsFor(int heads) => (heads % MostPositions) switch { 0 => 1, 2 => 2, _ => MostPositions };

    /// <summary>A query: <see cref="Heads"/> of the first position, then those of the next.</summary>
    public readonly float* QueryOf(int query) => unchecked(Queries + (query / Heads * QueryStride) + (query % Heads * HeadSize));

    /// <summary>Where its values go.</summary>
    public readonly float* OutputOf(int query) => unchecked(Output + (query / Heads * OutputStride) + (query % Heads * HeadSize));

    /// <summary>The last position that it attends to.</summary>
    public readonly int LastOf(int query) => unchecked(Last + (query / Heads * LastStep));

    /// <summary>The first one.</summary>
    public readonly int FirstOf(int query) => Window == 0 ? 0 : Math.Max(0, unchecked(LastOf(query) - Window + 1));
}
