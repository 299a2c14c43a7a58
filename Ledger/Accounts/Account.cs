using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Accounts;

/// <summary>An account as it stood when it was read.</summary>
/// <param name="AccountId">Its id (<see cref="Market.Accounts.AccountId"/>).</param>
/// <param name="Class">What it is for.</param>
/// <param name="Label">A name for people, at most <see cref="Operations.LedgerLimits.MaxTextLength"/> characters.</param>
/// <param name="Balance">The sum of its entries, in nano; below zero for the treasury only.</param>
/// <param name="Held">The sum of its open holds, in nano; zero for all but clients.</param>
/// <param name="CreatedAt">When it was opened.</param>
/// <param name="ClosedAt">When it was closed; from then on it takes no hold and no credit, but open holds still settle.</param>
public sealed record Account(
    string AccountId, AccountClass Class, string Label, Nano Balance, Nano Held, DateTimeOffset CreatedAt, DateTimeOffset? ClosedAt)
{
    /// <summary>What may still be held: balance less held, in nano.</summary>
    public Nano Available => Balance - Held;
}
