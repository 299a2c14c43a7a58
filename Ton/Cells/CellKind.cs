namespace CocoonOrleans.Ton.Cells;

/// <summary>What a cell is. The number of an exotic kind is the first byte of its data (TON, "Exotic cells").</summary>
public enum CellKind
{
    /// <summary>Data and references.</summary>
    Ordinary = 0,

    /// <summary>Stands for a cell that was left out of a proof: hash and depth for each level.</summary>
    PrunedBranch = 1,

    /// <summary>The hash of a cell that the masterchain keeps for all.</summary>
    Library = 2,

    /// <summary>A tree with pruned branches and the hash of the whole one.</summary>
    MerkleProof = 3,

    /// <summary>Two trees with pruned branches: before and after.</summary>
    MerkleUpdate = 4,
}
