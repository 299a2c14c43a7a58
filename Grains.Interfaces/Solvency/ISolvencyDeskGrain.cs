using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Solvency;

/// <summary>Proofs that the operator's coins cover its debts. Key 0; the truth is the ledger and the chain.</summary>
[Alias("cocoon.SolvencyDesk"), Version(1)]
public interface ISolvencyDeskGrain : IGrainWithIntegerKey
{
    /// <summary>The newest proof, with the paths of an account's own debts; null before the first.</summary>
    [Alias("Get")]
    Task<SolvencyProofView?> GetAsync(string accountId, CancellationToken cancellationToken = default);

    /// <summary>For the operator: the book beside the chain, now; null where there is no chain, or it doesn't answer.</summary>
    [Alias("Check")]
    Task<SolvencyReport?> CheckAsync(CancellationToken cancellationToken = default);
}
