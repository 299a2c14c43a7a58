namespace CocoonOrleans.Ledger.Accounts;

/// <summary>What an API key demands of who serves its requests.</summary>
/// <param name="Lowest">The lowest trust tier, one of <see cref="Names"/>; null where any will do.</param>
/// <param name="MayLower">Whether a request may ask for less.</param>
public sealed record KeyTrust(string? Lowest, bool MayLower)
{
    /// <summary>The tiers that can be demanded, the lowest first.</summary>
    public static IReadOnlyList<string> Names { get; } = ["open", "tdx", "confidential"];

    /// <summary>Nothing is demanded.</summary>
    public static KeyTrust None { get; } = new(null, false);
}
