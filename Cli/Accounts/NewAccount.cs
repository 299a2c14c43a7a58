using System.Text.Json.Serialization;

namespace CocoonOrleans.Cli.Accounts;

/// <summary>An account that was just made, with its key: the only time that the key is shown.</summary>
public sealed record NewAccount
{
    /// <summary>The account.</summary>
    [JsonPropertyName("account")]
    public required AccountState Account { get; init; }

    /// <summary>The public name of the key.</summary>
    [JsonPropertyName("key_id")]
    public required string KeyId { get; init; }

    /// <summary>The key itself.</summary>
    [JsonPropertyName("api_key")]
    public required string ApiKey { get; init; }

    /// <summary>The lowest trust tier that may serve the key's requests; null for any.</summary>
    [JsonPropertyName("lowest_trust")]
    public string? LowestTrust { get; init; }

    /// <summary>Whether a request may ask for less.</summary>
    [JsonPropertyName("may_lower_trust")]
    public bool MayLowerTrust { get; init; }
}
