using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Wallets;

/// <summary>A wallet's history on the chain beside what the book knows that it sent.</summary>
[GenerateSerializer, Alias("cocoon.WalletReconciliation")]
public sealed record WalletReconciliation
{
    /// <summary>How the wallet stands.</summary>
    [Id(0)]
    public required WalletReconciliationStatus Status { get; init; }

    /// <summary>The wallet, in raw form; empty where there is none.</summary>
    [Id(1)]
    public required string Wallet { get; init; }

    /// <summary>Logical time of the transaction that stops the wallet; 0 where none does.</summary>
    [Id(2)]
    public long StoppedLt { get; init; }

    /// <summary>Whether what could be explained was booked.</summary>
    [Id(3)]
    public bool IsApplied { get; init; }

    /// <summary>Whether there are more payments than are shown.</summary>
    [Id(4)]
    public bool HasMore { get; init; }

    /// <summary>What left and the book did not know, the oldest first.</summary>
    [Id(5)]
    public IReadOnlyList<ReconciledPayment> Payments { get; init; } = [];
}

/// <summary>A payment that left and that the book did not know.</summary>
/// <param name="Lt">Logical time of the wallet's transaction.</param>
/// <param name="Hash">That one's hash, 32 bytes.</param>
/// <param name="Destination">Where to, in raw form.</param>
/// <param name="Value">In nano.</param>
/// <param name="Kind"><c>payout</c>, <c>refund</c>, <c>topup</c> or <c>channelcall</c>; <c>unknown</c> where nobody can tell, and <c>accepted</c> where that was accepted.</param>
/// <param name="AccountId">The provider that was paid; null for others.</param>
[GenerateSerializer, Alias("cocoon.ReconciledPayment")]
public sealed record ReconciledPayment(
    [property: Id(0)] long Lt,
    [property: Id(1)] byte[] Hash,
    [property: Id(2)] string Destination,
    [property: Id(3)] Nano Value,
    [property: Id(4)] string Kind,
    [property: Id(5)] string? AccountId);

/// <summary>How a wallet stands.</summary>
[GenerateSerializer]
public enum WalletReconciliationStatus
{
    /// <summary>There is no wallet's key here.</summary>
    NoWallet,

    /// <summary>The chain does not answer.</summary>
    ChainAway,

    /// <summary>Signed bytes may run yet: ask again when they have, or have expired.</summary>
    Sending,

    /// <summary>It signs nothing: something that it sent is unexplained, or isn't booked yet.</summary>
    Stopped,

    /// <summary>It signs.</summary>
    Running,
}
