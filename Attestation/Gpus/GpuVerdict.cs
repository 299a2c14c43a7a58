using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Gpus;

/// <summary>What is known of a GPU's report.</summary>
/// <param name="Refusal">Why it is not accepted; null where it is.</param>
/// <param name="Report">The report; null where it can't be read. Of a refused one: claims, nothing more.</param>
/// <param name="Device">The name in the GPU's certificate, for example <c>GH100 A01 GSP FMC LF</c>; null where it was not reached.</param>
/// <param name="DeviceKey">The GPU's own key, SHA-256 in hex: one for each GPU; null where it was not reached.</param>
/// <param name="IsWhole">Whether its driver and firmware measured what NVIDIA says, and nothing is revoked; false where nobody asked.</param>
/// <param name="ValidUntil">Until when the verdict holds; null where that was not reached.</param>
public sealed record GpuVerdict(Refusal? Refusal, GpuReport? Report, string? Device, string? DeviceKey, bool IsWhole, DateTimeOffset? ValidUntil)
{
    /// <summary>Whether a genuine GPU made the report for the nonce.</summary>
    public bool IsAccepted => Refusal is null;
}
