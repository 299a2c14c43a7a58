using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Gpus.Tokens;

/// <summary>What is known of an answer of NVIDIA's service.</summary>
/// <param name="Refusal">Why it is not accepted; null where it is.</param>
/// <param name="Devices">The GPUs that it vouches for; none where it is refused.</param>
/// <param name="ValidUntil">The earliest end of its tokens; null where it is refused.</param>
public sealed record NrasVerdict(Refusal? Refusal, IReadOnlyList<NrasDevice> Devices, DateTimeOffset? ValidUntil)
{
    /// <summary>Whether NVIDIA's service vouches for the GPUs, for the nonce, now.</summary>
    public bool IsAccepted => Refusal is null;
}
