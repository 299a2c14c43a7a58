namespace CocoonOrleans.Tokenization.BytePairs;

/// <summary>The merges of a BPE model: which two neighbours become which token, and how early.</summary>
internal sealed class PairMerges(int capacity)
{
    private readonly Dictionary<long, Merge> _merges = new(capacity);

    /// <summary>Adds a merge; ranks are the order in the file, lower goes first. A pair given twice has its last rank, as in Hugging Face's loader.</summary>
    public void Add(int left, int right, int rank, int merged) => _merges[Key(left, right)] = new Merge(rank, merged);

    public bool TryGet(int left, int right, out Merge merge) => _merges.TryGetValue(Key(left, right), out merge);

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;

    public readonly record struct Merge(int Rank, int Merged);
}
