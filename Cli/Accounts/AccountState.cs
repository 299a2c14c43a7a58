using System.Text.Json.Serialization;
using CocoonOrleans.Market;

namespace CocoonOrleans.Cli.Accounts;

/// <summary>An account as the gateway shows it.</summary>
public sealed record AccountState
{
    /// <summary>Its id.</summary>
    [JsonPropertyName("account_id")]
    public required string AccountId { get; init; }

    /// <summary>What its owner calls it.</summary>
    [JsonPropertyName("label")]
    public required string Label { get; init; }

    /// <summary>All its money, held money included.</summary>
    [JsonPropertyName("balance")]
    public required Nano Balance { get; init; }

    /// <summary>What is held for jobs that are not settled.</summary>
    [JsonPropertyName("held")]
    public required Nano Held { get; init; }

    /// <summary>Whether it takes no more jobs.</summary>
    [JsonPropertyName("closed")]
    public required bool Closed { get; init; }
}
