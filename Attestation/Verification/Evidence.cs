using CocoonOrleans.Attestation.Collaterals;

namespace CocoonOrleans.Attestation.Verification;

/// <summary>What a worker shows, and what is needed to judge it. All of it may come from anyone.</summary>
public sealed record Evidence
{
    /// <summary>The quote, as it came.</summary>
    public required ReadOnlyMemory<byte> Quote { get; init; }

    /// <summary>Intel's documents about the platform.</summary>
    public required Collateral Collateral { get; init; }
}
