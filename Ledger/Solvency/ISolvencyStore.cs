namespace CocoonOrleans.Ledger.Solvency;

/// <summary>What proofs of solvency are made of, and the proofs. Every member may throw <see cref="LedgerUnavailableException"/>.</summary>
public interface ISolvencyStore
{
    /// <summary>Reads coins and debts in one transaction: money that moves is on one side only.</summary>
    Task<SolvencyBook> ReadSolvencyAsync(CancellationToken cancellationToken);

    /// <summary>The newest proof; null before the first.</summary>
    /// <param name="withLeaves">Whether its leaves are read too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<StoredProof?> FindProofAsync(bool withLeaves, CancellationToken cancellationToken);

    /// <summary>Stores a proof with its leaves. Leaves of older ones are dropped but for a day's worth.</summary>
    Task AddProofAsync(StoredProof proof, CancellationToken cancellationToken);
}
