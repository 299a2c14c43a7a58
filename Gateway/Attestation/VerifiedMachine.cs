using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Sealing;

namespace CocoonOrleans.Gateway.Attestation;

/// <summary>What accepted evidence says of the machine behind a statement.</summary>
/// <param name="Assurance">What stands behind the evidence.</param>
/// <param name="Image">The image that runs; null where it was not compared with any.</param>
/// <param name="Measurement">MRTD, 96 hex digits.</param>
/// <param name="Platform">The machine.</param>
/// <param name="MustDrain">Whether Intel advises to start the TD again.</param>
public sealed record VerifiedMachine(Assurance Assurance, Digest? Image, string Measurement, Digest Platform, bool MustDrain);
