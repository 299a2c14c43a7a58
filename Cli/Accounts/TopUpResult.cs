namespace CocoonOrleans.Cli.Accounts;

/// <summary>How to pay in for a prepaid account, as the gateway tells it.</summary>
public sealed record TopUpResult
{
    /// <summary>Who has the coins until they are spent: <c>operator</c>.</summary>
    public required string Custody { get; init; }

    /// <summary>The network, config parameter 19.</summary>
    public required int Network { get; init; }

    /// <summary>What the coin is called.</summary>
    public required CurrencyNames Currency { get; init; }

    /// <summary>What must stand beside the transfer.</summary>
    public required string Memo { get; init; }

    /// <summary>Where to, as wallets show it.</summary>
    public required string Address { get; init; }

    /// <summary>How much, in nano, a decimal string; null where you decide.</summary>
    public string? Amount { get; init; }

    /// <summary>The least, in nano, a decimal string.</summary>
    public required string Least { get; init; }

    /// <summary>The most that the account may get, in nano, a decimal string.</summary>
    public required string Most { get; init; }

    /// <summary>What the account has, in nano, a decimal string.</summary>
    public required string Balance { get; init; }

    /// <summary>For a wallet app.</summary>
    public required string Link { get; init; }

    /// <summary>A coin's names.</summary>
    /// <param name="Name">In full.</param>
    /// <param name="Symbol">In short.</param>
    public sealed record CurrencyNames(string Name, string Symbol);
}
