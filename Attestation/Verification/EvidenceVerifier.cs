using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Verification;

/// <summary>
/// Judges evidence: from the bytes alone, without network and without a clock of its own. Safe on many threads at a time; keep one per anchor, since it
/// remembers which collateral it found to be signed.
/// </summary>
/// <param name="anchor">What is believed without proof.</param>
public sealed class EvidenceVerifier(TrustAnchor anchor)
{
    private readonly VerifiedCollateralCache _cache = new();

    /// <summary>Verifies evidence. It never throws on what the evidence holds: a refusal says why.</summary>
    /// <param name="evidence">The evidence.</param>
    /// <param name="policy">What is asked for.</param>
    /// <param name="now">The time at which it must hold.</param>
    public EvidenceVerdict Verify(Evidence evidence, EvidencePolicy policy, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(policy);
        var verification = new EvidenceVerification(anchor, _cache, evidence, policy, now);
        return verification.Verdict(RefusalEdge.Run(verification.Run));
    }
}
