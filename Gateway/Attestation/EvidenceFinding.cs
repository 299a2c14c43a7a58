using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Attestation;

/// <summary>What the evidence behind a statement shows.</summary>
/// <param name="Tier">The tier that it shows; of refused evidence nothing may be built on it.</param>
/// <param name="ValidUntil">Until when that holds: the earliest end of anything in the evidence.</param>
/// <param name="Refusal">Why it is not accepted; null where it is.</param>
/// <param name="Machine">The machine; null where the evidence is refused.</param>
public sealed record EvidenceFinding(TrustTier Tier, DateTimeOffset ValidUntil, Refusal? Refusal, VerifiedMachine? Machine = null)
{
    internal static EvidenceFinding Refused(Refusal refusal) => new(TrustTier.Simulated, DateTimeOffset.MinValue, refusal);
}
