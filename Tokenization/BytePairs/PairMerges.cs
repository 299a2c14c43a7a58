namespace CocoonOrleans.Tokenization.BytePairs;

/// <summary>The merges of a BPE model: which two neighbours become which token, and how early.</summary>
internal sealed class PairMerges(int capacity)
{
    // A pair's hash is mixed with a secret of the process. That of a long is left ^ right: all pairs of equal tokens would share one bucket,
    // and a hostile file could put all of its merges there.
    private readonly Dictionary<(int Left, int Right), Merge> _merges = new(capacity);

    /// <summary>Adds a merge; ranks are the order in the file, lower goes first. A pair given twice has its last rank, as in Hugging Face's loader.</summary>
    public void Add(int left, int right, int rank, int merged) => _merges[(left, right)] = new Merge(rank, merged);

    public bool TryGet(int left, int right, out Merge merge) => _merges.TryGetValue((left, right), out merge);

    public readonly record struct Merge(int Rank, int Merged);
}
