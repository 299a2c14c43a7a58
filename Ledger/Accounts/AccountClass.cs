namespace CocoonOrleans.Ledger.Accounts;

/// <summary>What an account is for. The class decides whether it may pay, and how its balance is kept.</summary>
public enum AccountClass
{
    /// <summary>Pays for jobs. Balance and held sum stand in one row of its own, guarded by a predicate in SQL.</summary>
    Client,

    /// <summary>Earns by jobs. Its balance is the sum of its entries; there is no row to contend for.</summary>
    Provider,

    /// <summary>The network's published share of each capture. Its balance is the sum of its entries.</summary>
    Commission,

    /// <summary>The network's own funded accounts: what labelled grants are paid from, what is in flight. Never below zero.</summary>
    Grants,

    /// <summary>The outside world, the chain included: the only accounts below zero. What they owe is what was put into the ledger.</summary>
    Treasury,
}
