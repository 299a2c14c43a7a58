using System.Formats.Asn1;
using System.Security.Cryptography;
using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Gpus.References;
using CocoonOrleans.Attestation.Gpus.Revocation;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Roots;

namespace CocoonOrleans.Attestation.Gpus;

/// <summary>
/// Judges a GPU's report: that a genuine GPU of the Hopper family, with the firmware that its certificate names, made it for a nonce; with NVIDIA's documents
/// at hand also that driver and firmware measured what NVIDIA says, and that no certificate is revoked. Whether confidential computing is on stands in no
/// report of Hopper: the measured program that collects it asks the driver.
/// </summary>
public sealed class GpuVerifier
{
    private const int ChainLength = 5;
    private const string Hopper = "GH100";
    private const string FirmwareExtension = "2.23.133.5.4.1";

    private readonly Certificate _root;
    private readonly Certificate _referenceRoot;

    /// <param name="root">The root certificate of GPUs, DER. Chains must end in exactly these bytes.</param>
    /// <param name="referenceRoot">The root certificate of who signs reference values, DER.</param>
    /// <exception cref="ArgumentException">One is no certificate.</exception>
    public GpuVerifier(ReadOnlySpan<byte> root, ReadOnlySpan<byte> referenceRoot)
    {
        _root = Read(root, nameof(root), ChainCodes.Gpu);
        _referenceRoot = Read(referenceRoot, nameof(referenceRoot), ChainCodes.GpuReference);
    }

    /// <summary>With NVIDIA's roots.</summary>
    public static GpuVerifier Nvidia { get; } = new(PinnedRoots.Nvidia, PinnedRoots.NvidiaReferences);

    /// <summary>Verifies a report. It never throws on what the bytes hold.</summary>
    /// <param name="report">The report: request, response, signature.</param>
    /// <param name="chain">The GPU's certificates, PEM, leaf first.</param>
    /// <param name="nonce">The nonce that it must be made for, 32 bytes.</param>
    /// <param name="now">The time at which the certificates must hold.</param>
    /// <param name="references">NVIDIA's documents, to judge what the GPU runs; null where nobody asks, and then the verdict is not whole.</param>
    public GpuVerdict Verify(ReadOnlySpan<byte> report, ReadOnlySpan<byte> chain, ReadOnlySpan<byte> nonce, DateTimeOffset now, GpuReferences? references = null)
    {
        var (reportBytes, chainBytes, nonceBytes) = (report[..Math.Min(report.Length, GpuReport.LargestBytes + 1)].ToArray(), chain.ToArray(), nonce.ToArray());
        GpuReport? parsed = null;
        Certificate? leaf = null;
        DateTimeOffset? until = null;
        var refusal = RefusalEdge.Run(() =>
        {
            parsed = GpuReport.Parse(reportBytes);
            var certificates = CertificateChain.Read(chainBytes, _root, ChainLength, Hopper, ChainCodes.Gpu);
            leaf = certificates.Leaf;
            certificates.CheckTime(now);
            certificates.CheckIssuerSignatures();
            certificates.CheckLeafSignature();
            Check(parsed, leaf, nonceBytes);
            until = certificates.NotAfter;
            if (references is not null)
            {
                var end = CheckReferences(parsed, certificates, references, now);
                until = end < until ? end : until;
            }
        });
        return new GpuVerdict(refusal, parsed, leaf?.SubjectCommonName, leaf?.Key.Fingerprint, refusal is null && references is not null, until);
    }

    /// <summary>The questions to NVIDIA's OCSP responder whose answers <see cref="Verify"/> asks for: DER, to be posted as <c>application/ocsp-request</c>.</summary>
    /// <param name="chain">The GPU's certificates, PEM, leaf first.</param>
    /// <param name="manifests">The reference values.</param>
    /// <returns>The questions; null with the reason where one of the two can't be read.</returns>
    public (IReadOnlyList<byte[]>? Requests, Refusal? Refusal) RevocationRequests(ReadOnlySpan<byte> chain, IReadOnlyList<ReadOnlyMemory<byte>> manifests)
    {
        ArgumentNullException.ThrowIfNull(manifests);
        var chainBytes = chain.ToArray();
        List<byte[]> requests = [];
        var refusal = RefusalEdge.Run(() =>
        {
            var device = CertificateChain.Read(chainBytes, _root, ChainLength, Hopper, ChainCodes.Gpu);
            var signers = manifests.Select(manifest => ReferenceManifest.Parse(manifest, _referenceRoot).Signers);
            var links = device.Links.Skip(1).Concat(signers.SelectMany(signer => signer.Links));
            requests.AddRange(links.DistinctBy(link => Convert.ToHexString(link.Certificate.Bytes.Span)).Select(link => RevocationRequest.Encode(link.Certificate, link.Issuer)));
        });
        return refusal is null ? (requests, null) : (null, refusal);
    }

    private static Certificate Read(ReadOnlySpan<byte> root, string name, ChainCodes codes)
    {
        var der = root.ToArray();
        Certificate? parsed = null;
        var refusal = RefusalEdge.Run(() => parsed = Certificate.Parse(der, codes));
        return parsed ?? throw new ArgumentException($"The root can't be read: {refusal}", name);
    }

    private static ReferenceManifest Find(IReadOnlyList<ReferenceManifest> manifests, string version, string what) =>
        manifests.FirstOrDefault(manifest => manifest.Product == Hopper && manifest.Version.Equals(version, StringComparison.OrdinalIgnoreCase))
        ?? throw new RefusedException(RefusalCodes.GpuReferenceMissing, $"NVIDIA's reference values for {what} {version} of {Hopper} were expected");

    private DateTimeOffset CheckReferences(GpuReport report, CertificateChain device, GpuReferences references, DateTimeOffset now)
    {
        if (references.Manifests.Count > GpuReferences.MostManifests || references.RevocationAnswers.Count > GpuReferences.MostRevocationAnswers)
        {
            throw new RefusedException(
                RefusalCodes.GpuReferenceFormat, $"at most {GpuReferences.MostManifests} documents and {GpuReferences.MostRevocationAnswers} OCSP answers were expected");
        }

        ReferenceManifest[] manifests = [.. references.Manifests.Select(manifest => ReferenceManifest.Parse(manifest, _referenceRoot))];
        var driver = Find(manifests, report.DriverVersion, "driver");
        var vbios = Find(manifests, report.VbiosVersion, "VBIOS");
        driver.Signers.CheckTime(now);
        vbios.Signers.CheckTime(now);
        MeasurementRules.Check(report, driver, vbios);
        var revocation = new RevocationRules([.. references.RevocationAnswers.Select(RevocationAnswer.Parse)], now);
        DateTimeOffset[] ends =
        [
            driver.Signers.NotAfter, vbios.Signers.NotAfter,
            revocation.Check(device, isLeafKnown: false), revocation.Check(driver.Signers, isLeafKnown: true), revocation.Check(vbios.Signers, isLeafKnown: true),
        ];
        return ends.Min();
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
