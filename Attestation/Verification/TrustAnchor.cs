using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Gpus;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Roots;

namespace CocoonOrleans.Attestation.Verification;

/// <summary>What a verifier believes without proof: one root certificate and whose quoting enclave it vouches for.</summary>
public sealed partial class TrustAnchor
{
    private const int VendorIdBytes = 16;

    /// <param name="root">The root certificate, DER, self-signed. Chains must end in exactly these bytes.</param>
    /// <param name="qeVendorId">The vendor of the quoting enclave, 16 bytes.</param>
    /// <param name="assurance">What evidence under this root is worth.</param>
    /// <param name="gpus">Who vouches for GPUs; NVIDIA where it is null.</param>
    /// <exception cref="ArgumentException">The root is no self-signed certificate, or the vendor has another length.</exception>
    public TrustAnchor(ReadOnlySpan<byte> root, ReadOnlySpan<byte> qeVendorId, Assurance assurance, GpuVerifier? gpus = null)
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
        Gpus = gpus ?? GpuVerifier.Nvidia;
    }

    /// <summary>Intel's root and Intel's quoting enclave: real hardware.</summary>
    public static TrustAnchor Intel { get; } = new(
        PinnedRoots.Intel, Convert.FromHexString("939a7233f79c4ca9940a0db3957f0607"), Assurance.Hardware);

    /// <summary>
    /// A simulated world, as its issuer names it. For development: whoever takes it from settings must refuse it in production.
    /// </summary>
    /// <param name="rootPem">The root's certificate, PEM.</param>
    /// <param name="qeVendorId">The quoting enclave's vendor, a UUID.</param>
    /// <exception cref="ArgumentException">It is no certificate or no UUID, or it is Intel's.</exception>
    public static TrustAnchor Simulated(string rootPem, string qeVendorId)
    {
        ArgumentNullException.ThrowIfNull(rootPem);
        if (!PemEncoding.TryFind(rootPem, out var fields) || !rootPem.AsSpan()[fields.Label].SequenceEqual("CERTIFICATE"))
        {
            throw new ArgumentException("The root is no certificate in PEM.", nameof(rootPem));
        }

        if (!Guid.TryParse(qeVendorId, out var vendor))
        {
            throw new ArgumentException("The vendor of the quoting enclave is no UUID.", nameof(qeVendorId));
        }

        var anchor = new TrustAnchor(Convert.FromBase64String(rootPem[fields.Base64Data]), vendor.ToByteArray(bigEndian: true), Assurance.Simulated);
        return anchor.Root.Bytes.Span.SequenceEqual(Intel.Root.Bytes.Span) || anchor.QeVendorId.Span.SequenceEqual(Intel.QeVendorId.Span)
            ? throw new ArgumentException("A simulated world has a root and a vendor of its own, not Intel's.", nameof(rootPem))
            : anchor;
    }

    /// <summary>A simulated world from the file that its issuer's <c>GET /anchor</c> gives. For development, as <see cref="Simulated"/>.</summary>
    /// <param name="utf8Json">The file's content.</param>
    /// <exception cref="FormatException">It holds no anchor of a simulated issuer.</exception>
    public static TrustAnchor ReadSimulated(ReadOnlySpan<byte> utf8Json)
    {
        try
        {
            var named = JsonSerializer.Deserialize(utf8Json, NamedJson.Default.NamedAnchor) ?? throw new JsonException("It is null.");
            return Simulated(named.Root, named.QeVendorId);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or FormatException)
        {
            throw new FormatException($"This is no anchor of a simulated issuer: {e.Message}", e);
        }
    }

    /// <summary>What evidence under this root is worth.</summary>
    public Assurance Assurance { get; }

    /// <summary>Whose quoting enclave it vouches for, 16 bytes.</summary>
    public ReadOnlyMemory<byte> QeVendorId { get; }

    /// <summary>Judges GPUs. There is no simulated GPU, so a simulated world has NVIDIA's too, unless a test brings its own.</summary>
    public GpuVerifier Gpus { get; }

    internal Certificate Root { get; }

    internal sealed record NamedAnchor(string Root, string QeVendorId);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(NamedAnchor))]
    internal sealed partial class NamedJson : JsonSerializerContext;
}
