using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Provisioning;
using CocoonOrleans.Attestation.Tcb;
using CocoonOrleans.Attestation.Verification;

namespace CocoonOrleans.Client.Evidence;

/// <summary>By what the quotes of workers are judged.</summary>
public sealed record QuoteTrust
{
    /// <summary>What is believed without proof.</summary>
    public TrustAnchor Anchor { get; init; } = TrustAnchor.Intel;

    /// <summary>The images that may run; null where nobody asks what runs, and then no quote shows more than tier open, or simulated under a simulated anchor.</summary>
    public required IReadOnlyList<ImageManifest>? Images { get; init; }

    /// <summary>
    /// Where Intel's documents come from, with the floors below which none is taken (<see cref="FileCollateralFloorStore"/> keeps them in a file): not from the
    /// gateway, which could go back to old ones. The caller disposes of it.
    /// </summary>
    public required CollateralService Collateral { get; init; }

    /// <summary>Which TCB statuses are good enough.</summary>
    public TcbPolicy Tcb { get; init; } = TcbPolicy.Default;
}
