using System.Globalization;
using System.Xml;
using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Gpus.References;

/// <summary>
/// A reference integrity manifest (RIM) of NVIDIA: what a version of the driver or of the VBIOS measures. A software identification tag (ISO 19770-2:2015)
/// in the form of TCG's RIM information model, signed by an XML signature; NVIDIA serves them at <c>https://rim.attestation.nvidia.com/v1/rim/</c>.
/// </summary>
public sealed class ReferenceManifest
{
    /// <summary>The most bytes of one: NVIDIA's have some 20 KiB.</summary>
    public const int LargestBytes = 256 * 1024;

    private const string Identity = "http://standards.iso.org/iso/19770/-2/2015/schema.xsd";
    private const string Hashes = "http://www.w3.org/2001/04/xmlenc#sha384";
    private const string Signer = "RIM L4 Signer";
    private const int ChainLength = 4;
    private const int MostIndex = 255;
    private const int MostAlternatives = 64;
    private const int MostMeasurementBytes = 256;

    private readonly SortedDictionary<int, ReferenceMeasurement> _measurements = [];

    private ReferenceManifest(XmlElement root, CertificateChain signers)
    {
        Signers = signers;
        Check(root.LocalName == "SoftwareIdentity" && root.NamespaceURI == Identity, "SoftwareIdentity of ISO 19770-2:2015 was expected as root");
        var meta = Only(root, "Meta");
        Product = meta.GetAttribute("product");
        Version = meta.GetAttribute("colloquialVersion");
        Check(Product.Length > 0 && Version.Length > 0, "product and colloquialVersion were expected in Meta");
        foreach (XmlElement resource in Only(root, "Payload").ChildNodes.OfType<XmlElement>())
        {
            Read(resource);
        }

        Check(_measurements.Count > 0, "a measurement that counts was expected in Payload");
    }

    /// <summary>The family of GPUs that it is for, for example <c>GH100</c>.</summary>
    public string Product { get; }

    /// <summary>The version of the driver or of the VBIOS that it is for, as NVIDIA writes it; letter case says nothing.</summary>
    public string Version { get; }

    /// <summary>What is measured, by NVIDIA's index: only what this document decides.</summary>
    public IReadOnlyDictionary<int, ReferenceMeasurement> Measurements => _measurements;

    internal CertificateChain Signers { get; }

    /// <summary>Reads one and checks its signature and its chain; their time and whether they are revoked is for whoever uses it.</summary>
    /// <exception cref="RefusedException">It is none, or nobody that the root vouches for signed it as it stands.</exception>
    internal static ReferenceManifest Parse(ReadOnlyMemory<byte> bytes, Certificate root)
    {
        if (bytes.Length > LargestBytes)
        {
            throw Format($"at most {LargestBytes} bytes were expected");
        }

        var signed = SignedXmlDocument.Parse(bytes);
        var signers = CertificateChain.Read(signed.Certificates, root, ChainLength, Signer, ChainCodes.GpuReference);
        signers.CheckIssuerSignatures();
        signers.CheckLeafSignature();
        return new ReferenceManifest(signed.Verify(signers.Leaf.Key), signers);
    }

    internal static RefusedException Format(string expected) => new(RefusalCodes.GpuReferenceFormat, $"in NVIDIA's reference values {expected}");

    private static void Check(bool holds, string expected)
    {
        if (!holds)
        {
            throw Format(expected);
        }
    }

    private static XmlElement Only(XmlElement parent, string name)
    {
        XmlElement[] found = [.. parent.ChildNodes.OfType<XmlElement>().Where(child => child.LocalName == name && child.NamespaceURI == Identity)];
        return found is [var one] ? one : throw Format($"{name} was expected once, not {found.Length} times");
    }

    private static int Number(XmlElement resource, string attribute, int least, int most)
    {
        var text = resource.GetAttribute(attribute);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Format($"{attribute} of a measurement was expected from {least} to {most}, not \"{text}\"");
    }

    private void Read(XmlElement resource)
    {
        Check(resource.LocalName == "Resource" && resource.NamespaceURI == Identity && resource.GetAttribute("type") == "Measurement", "measurements and nothing else were expected in Payload");
        var index = Number(resource, "index", 0, MostIndex);
        var active = resource.GetAttribute("active");
        Check(active is "True" or "False", $"active of measurement {index} was expected to be True or False");
        var size = Number(resource, "size", 1, MostMeasurementBytes);
        var values = Enumerable.Range(0, Number(resource, "alternatives", 1, MostAlternatives)).Select(number => Value(resource, $"Hash{number}", size)).ToArray();
        if (active == "True")
        {
            Check(_measurements.TryAdd(index, new ReferenceMeasurement(index, resource.GetAttribute("name"), values)), $"each measurement was expected once; {index} comes again");
        }
    }

    private static ReadOnlyMemory<byte> Value(XmlElement resource, string name, int size)
    {
        var hex = resource.GetAttribute(name, Hashes);
        return hex.Length == size * 2 && hex.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(hex)
            : throw Format($"{name} of a measurement was expected as {size} bytes in hex");
    }
}
