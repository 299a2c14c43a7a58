namespace CocoonOrleans.Cli.Accounts;

/// <summary>A deposit as the gateway's administration shows it.</summary>
public sealed record DepositState
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>What arrived, in nano, a decimal string.</summary>
    public required string Amount { get; init; }

    /// <summary>What became of it.</summary>
    public required string State { get; init; }

    /// <summary>Why it was not credited by itself; null where it was.</summary>
    public string? Reason { get; init; }

    /// <summary>The wallet's transaction.</summary>
    public required string Transaction { get; init; }

    /// <summary>Who sent it; it may be an exchange.</summary>
    public required string Source { get; init; }

    /// <summary>What stood beside it.</summary>
    public string? Comment { get; init; }

    /// <summary>Whose it is; null where nobody knows.</summary>
    public string? AccountId { get; init; }

    /// <summary>When it was seen.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The JSON object of <c>cocoon account deposits</c>.</summary>
/// <param name="Data">Deposits that wait for the operator, the newest first.</param>
public sealed record DepositList(IReadOnlyList<DepositState> Data);
