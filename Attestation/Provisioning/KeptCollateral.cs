using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Verification;

namespace CocoonOrleans.Attestation.Provisioning;

/// <summary>A set that was checked.</summary>
/// <param name="Collateral">The set.</param>
/// <param name="Verified">What is known of it.</param>
/// <param name="ValidUntil">The earliest end of anything in it.</param>
internal sealed record KeptCollateral(Collateral Collateral, VerifiedCollateral Verified, DateTimeOffset ValidUntil);
