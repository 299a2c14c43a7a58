using System.Formats.Asn1;
using System.Security.Cryptography;
using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Roots;

namespace CocoonOrleans.Attestation.Gpus;

/// <summary>
/// Judges a GPU's report: that a genuine GPU of the Hopper family, with the firmware that its certificate names, made it for a nonce. It does not judge the
/// measurements (NVIDIA's signed reference values), whether certificates are revoked (OCSP), or whether confidential computing is on: the tier
/// confidential needs these as well.
/// </summary>
public sealed class GpuVerifier
{
    private const int ChainLength = 5;
    private const string Hopper = "GH100";
    private const string FirmwareExtension = "2.23.133.5.4.1";

    private readonly Certificate _root;

    /// <param name="root">The root certificate, DER. Chains must end in exactly these bytes.</param>
    /// <exception cref="ArgumentException">It is no certificate.</exception>
    public GpuVerifier(ReadOnlySpan<byte> root)
    {
        var der = root.ToArray();
        Certificate? parsed = null;
        var refusal = RefusalEdge.Run(() => parsed = Certificate.Parse(der, ChainCodes.Gpu));
        _root = parsed ?? throw new ArgumentException($"The root can't be read: {refusal}", nameof(root));
    }

    /// <summary>With NVIDIA's root.</summary>
    public static GpuVerifier Nvidia { get; } = new(PinnedRoots.Nvidia);

    /// <summary>Verifies a report. It never throws on what the bytes hold.</summary>
    /// <param name="report">The report: request, response, signature.</param>
    /// <param name="chain">The GPU's certificates, PEM, leaf first.</param>
    /// <param name="nonce">The nonce that it must be made for, 32 bytes.</param>
    /// <param name="now">The time at which the certificates must hold.</param>
    public GpuVerdict Verify(ReadOnlySpan<byte> report, ReadOnlySpan<byte> chain, ReadOnlySpan<byte> nonce, DateTimeOffset now)
    {
        var (reportBytes, chainBytes, nonceBytes) = (report[..Math.Min(report.Length, GpuReport.LargestBytes + 1)].ToArray(), chain.ToArray(), nonce.ToArray());
        GpuReport? parsed = null;
        string? device = null;
        var refusal = RefusalEdge.Run(() =>
        {
            parsed = GpuReport.Parse(reportBytes);
            var certificates = CertificateChain.Read(chainBytes, _root, ChainLength, Hopper, ChainCodes.Gpu);
            device = certificates.Leaf.SubjectCommonName;
            certificates.CheckTime(now);
            certificates.CheckIssuerSignatures();
            certificates.CheckLeafSignature();
            Check(parsed, certificates.Leaf, nonceBytes);
        });
        return new GpuVerdict(refusal, parsed, device);
    }

    private static void Check(GpuReport report, Certificate leaf, byte[] nonce)
    {
        if (!leaf.Key.Verifies(report.SignedPart.Span, report.Signature.Span, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
        {
            throw new RefusedException(RefusalCodes.GpuSignature, "the report was expected to be signed by the GPU");
        }

        if (!report.Nonce.Span.SequenceEqual(nonce))
        {
            throw new RefusedException(RefusalCodes.GpuNonce, $"a report for the nonce {Convert.ToHexStringLower(nonce)} was expected, not for {Convert.ToHexStringLower(report.Nonce.Span)}");
        }

        if (!FirmwareOf(leaf).AsSpan().SequenceEqual(report.FirmwareId.Span))
        {
            throw new RefusedException(RefusalCodes.GpuFirmware, "the firmware that answered was expected to be the one that the GPU's certificate names");
        }
    }

    /// <summary>The firmware's id in the certificate: TCG DICE's CompositeDeviceID of version, key, and an id with its hash's algorithm.</summary>
    private static byte[] FirmwareOf(Certificate leaf)
    {
        var value = leaf.Extension(FirmwareExtension)
            ?? throw new RefusedException(RefusalCodes.GpuFirmware, $"extension {FirmwareExtension}, the firmware's id, was expected in the GPU's certificate");
        try
        {
            var fields = new AsnReader(value, AsnEncodingRules.DER).ReadSequence();
            fields.ReadInteger();
            fields.ReadEncodedValue();
            var id = fields.ReadSequence();
            id.ReadObjectIdentifier();
            return id.ReadOctetString();
        }
        catch (AsnContentException malformed)
        {
            throw new RefusedException(RefusalCodes.GpuFirmware, $"the firmware's id in the GPU's certificate was expected in DER ({malformed.Message})");
        }
    }
}
