using System.Text.Json;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Accounts;

/// <summary>What a key demands of who serves its requests, as JSON.</summary>
internal static class KeyJson
{
    /// <summary>The tiers that can be demanded, the highest first.</summary>
    public static IReadOnlyList<string> Trusts { get; } = [TrustTier.Confidential.ToName(), TrustTier.Tdx.ToName(), TrustTier.Open.ToName()];

    public static void WriteTrust(Utf8JsonWriter json, string? lowest, bool mayLower)
    {
        json.WriteString("lowest_trust", lowest);
        json.WriteBoolean("may_lower_trust", mayLower);
    }
}
