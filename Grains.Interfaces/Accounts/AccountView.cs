using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Accounts;

/// <summary>A client account as the ledger has it.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Label">What its owner calls it.</param>
/// <param name="Balance">All its money, held money included.</param>
/// <param name="Held">The sum of its open holds.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Closed">Whether it takes no more jobs.</param>
[GenerateSerializer, Alias("cocoon.AccountView")]
public sealed record AccountView(
    [property: Id(0)] string AccountId,
    [property: Id(1)] string Label,
    [property: Id(2)] Nano Balance,
    [property: Id(3)] Nano Held,
    [property: Id(4)] DateTimeOffset CreatedAt,
    [property: Id(5)] bool Closed);
