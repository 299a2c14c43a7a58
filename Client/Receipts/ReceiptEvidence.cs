using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Tcb;
using CocoonOrleans.Attestation.Verification;

namespace CocoonOrleans.Client.Receipts;

/// <summary>By what a stored receipt is judged beyond itself.</summary>
public sealed record ReceiptEvidence
{
    /// <summary>Intel's documents about the worker's platform; null where there are none, and then a quote is not judged.</summary>
    public Collateral? Collateral { get; init; }

    /// <summary>The images that may have run; null where nobody asks.</summary>
    public IReadOnlyList<ImageManifest>? Images { get; init; }

    /// <summary>What is believed without proof.</summary>
    public TrustAnchor Anchor { get; init; } = TrustAnchor.Intel;

    /// <summary>Which TCB statuses are good enough.</summary>
    public TcbPolicy Tcb { get; init; } = TcbPolicy.Default;

    /// <summary>The model that must have computed, by the SHA-256 of its manifest; null for any that the statement lists.</summary>
    public Sealing.Digest? ModelManifest { get; init; }

    /// <summary>The time at which the evidence must hold; null for when the request was sealed.</summary>
    public DateTimeOffset? At { get; init; }
}
