using System.Diagnostics.CodeAnalysis;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Provisioning;

/// <summary>Collateral, or why there is none.</summary>
/// <param name="Collateral">A set that was verified and holds now; null where there is none.</param>
/// <param name="ValidUntil">Until when the set holds; null where there is none.</param>
/// <param name="Refusal">Why there is none; null where there is a set.</param>
public sealed record CollateralResult(Collateral? Collateral, DateTimeOffset? ValidUntil, Refusal? Refusal)
{
    /// <summary>Whether there is a set.</summary>
    [MemberNotNullWhen(true, nameof(Collateral), nameof(ValidUntil))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsThere => Refusal is null;
}
