using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Roots;

namespace CocoonOrleans.Attestation.Verification;

/// <summary>What a verifier believes without proof: one root certificate and whose quoting enclave it vouches for.</summary>
public sealed class TrustAnchor
{
    private const int VendorIdBytes = 16;

    /// <param name="root">The root certificate, DER, self-signed. Chains must end in exactly these bytes.</param>
    /// <param name="qeVendorId">The vendor of the quoting enclave, 16 bytes.</param>
    /// <param name="assurance">What evidence under this root is worth.</param>
    /// <exception cref="ArgumentException">The root is no self-signed certificate, or the vendor has another length.</exception>
    public TrustAnchor(ReadOnlySpan<byte> root, ReadOnlySpan<byte> qeVendorId, Assurance assurance)
    {
        if (qeVendorId.Length != VendorIdBytes)
        {
            throw new ArgumentException($"A vendor has {VendorIdBytes} bytes.", nameof(qeVendorId));
        }

        var der = root.ToArray();
        Certificate? parsed = null;
        var refusal = RefusalEdge.Run(() => parsed = Certificate.Parse(der, ChainCodes.Pck));
        Root = parsed ?? throw new ArgumentException($"The root can't be read: {refusal}", nameof(root));
        if (!Root.IsAuthority || !Root.IsSignedBy(Root, ChainCodes.Pck))
        {
            throw new ArgumentException("The root is no self-signed authority.", nameof(root));
        }

        QeVendorId = qeVendorId.ToArray();
        Assurance = assurance;
    }

    /// <summary>Intel's root and Intel's quoting enclave: real hardware.</summary>
    public static TrustAnchor Intel { get; } = new(
        PinnedRoots.Intel, Convert.FromHexString("939a7233f79c4ca9940a0db3957f0607"), Assurance.Hardware);

    /// <summary>What evidence under this root is worth.</summary>
    public Assurance Assurance { get; }

    /// <summary>Whose quoting enclave it vouches for, 16 bytes.</summary>
    public ReadOnlyMemory<byte> QeVendorId { get; }

    internal Certificate Root { get; }
}
