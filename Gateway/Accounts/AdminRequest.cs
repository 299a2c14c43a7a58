using System.Text.Json.Serialization;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Accounts;

/// <summary>The body of an admin request.</summary>
/// <param name="Label">What the owner calls the account or key; at most 100 characters.</param>
/// <param name="AccountId">The account's id, to make the request repeatable; null for a fresh one.</param>
/// <param name="LowestTrust">The lowest trust tier that may serve the key's requests: <c>confidential</c>, <c>tdx</c>, <c>open</c> or <see cref="NoTrust"/>; null for what the environment begins with.</param>
/// <param name="MayLowerTrust">Whether a request may ask for less.</param>
public sealed record AdminRequest(string? Label = null, string? AccountId = null, string? LowestTrust = null, bool MayLowerTrust = false)
{
    /// <summary>Nothing is demanded.</summary>
    public const string NoTrust = "none";

    /// <summary>The most characters of a label.</summary>
    public const int MaxLabelLength = 100;

    /// <summary>The lowest trust tier that may serve the key's requests; null for any. In Production a key begins with the highest: one that nobody thought about is served by nobody who could read along.</summary>
    /// <param name="environment">Where the gateway runs.</param>
    public string? LowestTrustIn(IHostEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return LowestTrust switch
        {
            NoTrust => null,
            { } asked => asked,
            null => environment.IsProduction() ? TrustTier.Confidential.ToName() : null,
        };
    }
}

/// <summary>How admin requests are written: snake case, unknown fields refused.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, MaxDepth = 4)]
[JsonSerializable(typeof(AdminRequest))]
internal sealed partial class AdminJson : JsonSerializerContext;
