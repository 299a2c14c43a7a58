namespace CocoonOrleans.Ledger.Accounts;

/// <summary>The accounts that every ledger has from its first start. No other account may take these ids.</summary>
public static class WellKnownAccounts
{
    /// <summary>The account of class <see cref="AccountClass.Treasury"/>.</summary>
    public const string Treasury = "treasury";

    /// <summary>The account of class <see cref="AccountClass.Grants"/>; empty until the treasury funds it.</summary>
    public const string Grants = "grants";

    /// <summary>The account of class <see cref="AccountClass.Commission"/>.</summary>
    public const string Commission = "commission";

    /// <summary>Coins in the operator's wallets on the chain, below zero by them; of class <see cref="AccountClass.Treasury"/>, for the chain is outside.</summary>
    public const string ChainOperator = "chain-operator";

    /// <summary>Coins that the operator put into channels, below zero by them; of class <see cref="AccountClass.Treasury"/>.</summary>
    public const string ChainChannels = "chain-channels";

    /// <summary>What the chain took for its work, below zero by it; of class <see cref="AccountClass.Treasury"/>.</summary>
    public const string ChainFees = "chain-fees";

    /// <summary>Payouts that have not left yet; of class <see cref="AccountClass.Grants"/>, so never below zero.</summary>
    public const string PayoutsInFlight = "payouts-in-flight";

    /// <summary>Deposits of which nobody knows whose they are; of class <see cref="AccountClass.Grants"/>, so never below zero.</summary>
    public const string Suspense = "suspense";
}
