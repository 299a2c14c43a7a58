using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Deposits;

/// <summary>What a deposit must keep to, to be credited by itself.</summary>
/// <param name="Least">The least top-up, in nano.</param>
/// <param name="Cap">The most that an account may have with it, in nano.</param>
public sealed record DepositRules(Nano Least, Nano Cap)
{
    /// <summary>The comment beside coins that the operator itself sends to its wallet: they are nobody's deposit.</summary>
    public const string CapitalComment = "capital";
}
