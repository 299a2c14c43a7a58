using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Deposits;

/// <summary>Deposits to prepaid accounts: how to make one, what arrived, and what the operator makes of those that nobody can place. Key 0; the truth is the ledger.</summary>
[Alias("cocoon.DepositDesk"), Version(1)]
public interface IDepositDeskGrain : IGrainWithIntegerKey
{
    /// <summary>How to pay in for an account. Gives the account its memo at the first call.</summary>
    [Alias("GetInstructions")]
    Task<DepositInstructions> GetInstructionsAsync(string accountId, CancellationToken cancellationToken = default);

    /// <summary>An account's newest deposits, at most 100, the newest first.</summary>
    [Alias("List")]
    Task<IReadOnlyList<DepositView>> ListAsync(string accountId, CancellationToken cancellationToken = default);

    /// <summary>The newest deposits that wait for the operator, at most 1,000.</summary>
    [Alias("ListSuspense")]
    Task<IReadOnlyList<DepositView>> ListSuspenseAsync(CancellationToken cancellationToken = default);

    /// <summary>For the operator: gives a deposit that waits to an account; to <c>treasury</c> where it is the operator's own. Repeating it changes nothing.</summary>
    [Alias("Assign")]
    Task<DepositSettlement> AssignAsync(long deposit, string accountId, CancellationToken cancellationToken = default);

    /// <summary>For the operator: sends a deposit that waits to an address that the client gave. Repeating it changes nothing.</summary>
    [Alias("Refund")]
    Task<DepositSettlement> RefundAsync(long deposit, string destination, CancellationToken cancellationToken = default);
}
