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
}
