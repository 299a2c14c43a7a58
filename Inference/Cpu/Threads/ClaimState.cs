namespace CocoonOrleans.Inference.Cpu.Threads;

/// <summary>
/// What threads agree on, in one word, so that one compare-and-swap claims a chunk of exactly the work that was looked at: number of the work (upper 32 bits), its chunks
/// (16 bits), the next chunk (16 bits).
/// </summary>
internal static class ClaimState
{
    /// <summary>The state at the start of the next work.</summary>
    public static long Next(long state, int chunks) => unchecked(((long)(Epoch(state) + 1) << 32) | ((long)chunks << 16));

    /// <summary>Number of the work.</summary>
    public static int Epoch(long state) => unchecked((int)(state >> 32));

    /// <summary>Chunks of the work.</summary>
    public static int Chunks(long state) => (int)((state >> 16) & 0xFFFF);

    /// <summary>The chunk that is claimed next, if <see cref="HasNext"/>.</summary>
    public static int NextChunk(long state) => (int)(state & 0xFFFF);

    /// <summary>Whether a chunk is left. Then state + 1 claims it.</summary>
    public static bool HasNext(long state) => NextChunk(state) < Chunks(state);
}
