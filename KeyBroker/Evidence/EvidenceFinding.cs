using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.KeyBroker.Evidence;

/// <summary>What the evidence of a request shows.</summary>
/// <param name="Refusal">Why it is not accepted; null where it is.</param>
/// <param name="Tier">The tier; of refused evidence nothing may be built on it.</param>
/// <param name="Image">The image that runs; null where none was compared with.</param>
/// <param name="Platform">The machine.</param>
public sealed record EvidenceFinding(Refusal? Refusal, TrustTier Tier, Digest? Image, Digest Platform);
