namespace CocoonOrleans.Ledger.Operations;

/// <summary>An account of the operation can't take part in it.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Reason">Why.</param>
public sealed record AccountRefused(string AccountId, AccountRefusal Reason) : LedgerResult;

/// <summary>Why an account can't take part in an operation.</summary>
public enum AccountRefusal
{
    /// <summary>There is no such account.</summary>
    Unknown,

    /// <summary>It is closed.</summary>
    Closed,

    /// <summary>An account of its class can't do this: hold money without being a client, earn by a job without being a provider, pay without being a payer.</summary>
    WrongClass,

    /// <summary>The treasury pays only where <c>AllowTreasuryTransfers</c> is set, which Production never does.</summary>
    TreasuryClosed,
}
