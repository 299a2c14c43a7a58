using System.Text.Json.Serialization;

namespace CocoonOrleans.Gateway.Accounts;

/// <summary>The body of an admin request.</summary>
/// <param name="Label">What the owner calls the account or key; at most 100 characters.</param>
/// <param name="AccountId">The account's id, to make the request repeatable; null for a fresh one.</param>
public sealed record AdminRequest(string? Label = null, string? AccountId = null)
{
    /// <summary>The most characters of a label.</summary>
    public const int MaxLabelLength = 100;
}

/// <summary>How admin requests are written: snake case, unknown fields refused.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, MaxDepth = 4)]
[JsonSerializable(typeof(AdminRequest))]
internal sealed partial class AdminJson : JsonSerializerContext;
