using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Sealing;

/// <summary>Trust tiers as clients write and read them.</summary>
internal static class TierNames
{
    public static string ToName(this TrustTier tier) => tier switch
    {
        TrustTier.Simulated => "simulated",
        TrustTier.Open => "open",
        TrustTier.Tdx => "tdx",
        TrustTier.Confidential => "confidential",
        _ => throw new ArgumentOutOfRangeException(nameof(tier), tier, "A tier without a name."),
    };

    /// <summary>The tier of a name that was checked; null for null.</summary>
    public static TrustTier? Parse(string? name) => name is null ? null : Enum.Parse<TrustTier>(name, ignoreCase: true);
}
