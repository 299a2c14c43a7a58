using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Deposits;

/// <summary>How to pay in for an account.</summary>
/// <param name="Availability">Whether deposits are taken; only where they are, the rest has a meaning.</param>
/// <param name="Address">The operator's wallet, in raw form.</param>
/// <param name="Network">The network: config parameter 19.</param>
/// <param name="Memo">What must stand beside the transfer, and nothing else.</param>
/// <param name="Least">The least top-up, in nano.</param>
/// <param name="Cap">The most that the account may have with it, in nano.</param>
/// <param name="Balance">What the account has, in nano.</param>
[GenerateSerializer, Alias("cocoon.DepositInstructions")]
public sealed record DepositInstructions(
    [property: Id(0)] DepositAvailability Availability,
    [property: Id(1)] string Address,
    [property: Id(2)] int Network,
    [property: Id(3)] string Memo,
    [property: Id(4)] Nano Least,
    [property: Id(5)] Nano Cap,
    [property: Id(6)] Nano Balance);

/// <summary>Whether deposits are taken.</summary>
[GenerateSerializer, Alias("cocoon.DepositAvailability")]
public enum DepositAvailability
{
    /// <summary>They are.</summary>
    Open,

    /// <summary>This network takes none.</summary>
    NotAccepted,

    /// <summary>The wallet can't be shown yet: it has no code, or the chain doesn't answer.</summary>
    NotYet,

    /// <summary>The account is closed or isn't there.</summary>
    NoAccount,

    /// <summary>The newest proof of solvency shows fewer coins than debts.</summary>
    Insolvent,
}
