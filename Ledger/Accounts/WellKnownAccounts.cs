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
}
