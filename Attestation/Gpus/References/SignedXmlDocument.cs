using System.Security.Cryptography;
using System.Security.Cryptography.Xml;
using System.Xml;
using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Gpus.References;

/// <summary>
/// A document with one enveloped XML signature over all of it (W3C XML Signature 1.1), in the one form that NVIDIA's have: ECDSA P-384 with SHA-384 over
/// canonical XML. Every other form is refused, above all references to parts of the document: what is read is what was signed, there is no choice.
/// </summary>
/// <remarks>
/// Canonical XML 1.1 and 1.0 differ only in the attributes <c>xml:*</c> of parts of documents. Documents with such attributes are refused, so the platform's
/// 1.0 serves for both. Its <c>SignedXml</c> is not used: it knows no ECDSA, and would follow references, transforms and keys that a stranger names.
/// </remarks>
internal sealed class SignedXmlDocument
{
    private const string Signatures = "http://www.w3.org/2000/09/xmldsig#";
    private const string XmlAttributes = "http://www.w3.org/XML/1998/namespace";
    private const string Namespaces = "http://www.w3.org/2000/xmlns/";
    private const string Canonical10 = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
    private const string Canonical11 = "http://www.w3.org/2006/12/xml-c14n11";
    private const string Enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
    private const string EcdsaSha384 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384";
    private const string Sha384 = "http://www.w3.org/2001/04/xmldsig-more#sha384";
    private const int MostDepth = 16;
    private const int MostCertificates = 8;
    private const int SignatureBytes = 96;

    private readonly XmlDocument _document;
    private readonly XmlElement _signature;

    private SignedXmlDocument(XmlDocument document)
    {
        _document = document;
        var root = document.DocumentElement ?? throw ReferenceManifest.Format("a root was expected");
        XmlElement[] signatures = [.. document.GetElementsByTagName("Signature", Signatures).OfType<XmlElement>()];
        _signature = signatures is [var one] && one.ParentNode == root
            ? one
            : throw ReferenceManifest.Format("one signature was expected, directly under the root");
        var certificates = Child(Child(_signature, "KeyInfo"), "X509Data").ChildNodes.OfType<XmlElement>().ToArray();
        if (certificates.Length > MostCertificates || certificates.Any(element => element.LocalName != "X509Certificate" || element.NamespaceURI != Signatures))
        {
            throw ReferenceManifest.Format($"at most {MostCertificates} certificates and nothing else were expected in X509Data");
        }

        Certificates = [.. certificates.Select(element => (ReadOnlyMemory<byte>)Base64(element))];
    }

    /// <summary>The certificates that came with it, DER, the signer's first.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Certificates { get; }

    /// <exception cref="RefusedException">It is no such document.</exception>
    public static SignedXmlDocument Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            // Depth first: what builds and canonicalises the tree goes down by recursion, and a stranger's document must not end the process.
            using (var reader = Read(bytes))
            {
                while (reader.Read())
                {
                    if (reader.Depth > MostDepth)
                    {
                        throw ReferenceManifest.Format($"at most {MostDepth} levels were expected");
                    }
                }
            }

            using var again = Read(bytes);
            var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
            document.Load(again);
            if (document.SelectNodes("//@*")!.OfType<XmlAttribute>().Any(attribute => attribute.NamespaceURI == XmlAttributes))
            {
                throw ReferenceManifest.Format("no attribute xml:* was expected");
            }

            return new SignedXmlDocument(document);
        }
        catch (XmlException malformed)
        {
            throw ReferenceManifest.Format($"XML was expected ({malformed.Message})");
        }
    }

    /// <summary>Checks that a key signed all of the document but the signature.</summary>
    /// <returns>The root; the signature is gone from it. What it holds was signed.</returns>
    /// <exception cref="RefusedException">It did not.</exception>
    public XmlElement Verify(EcPublicKey key)
    {
        var signed = Child(_signature, "SignedInfo");
        var reference = Child(signed, "Reference");
        CheckForm(signed, reference);
        var digest = Base64(Child(reference, "DigestValue"));
        var value = Base64(Child(_signature, "SignatureValue"));
        var signedInfo = CanonicalPart(signed);
        _signature.ParentNode!.RemoveChild(_signature);
        if (!CryptographicOperations.FixedTimeEquals(SHA384.HashData(Canonical(_document)), digest))
        {
            throw new RefusedException(RefusalCodes.GpuReferenceSignature, "NVIDIA's reference values were expected to be as they were signed");
        }

        if (!key.IsP384 || value.Length != SignatureBytes || !key.Verifies(signedInfo, value, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
        {
            throw new RefusedException(RefusalCodes.GpuReferenceSignature, "NVIDIA's reference values were expected to be signed by the first certificate in them");
        }

        return _document.DocumentElement!;
    }

    private static XmlReader Read(ReadOnlyMemory<byte> bytes) => XmlReader.Create(
        new MemoryStream(bytes.ToArray()),
        new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = ReferenceManifest.LargestBytes });

    private static void CheckForm(XmlElement signed, XmlElement reference)
    {
        string[] names = [.. signed.ChildNodes.OfType<XmlElement>().Select(element => element.LocalName)];
        XmlElement[] transforms = [.. Child(reference, "Transforms").ChildNodes.OfType<XmlElement>()];
        var isKnown = names is ["CanonicalizationMethod", "SignatureMethod", "Reference"]
            && Algorithm(Child(signed, "CanonicalizationMethod")) is Canonical10 or Canonical11
            && Algorithm(Child(signed, "SignatureMethod")) == EcdsaSha384
            && reference.HasAttribute("URI") && reference.GetAttribute("URI").Length == 0
            && transforms.Length == 2 && Algorithm(transforms[0]) == Enveloped && Algorithm(transforms[1]) is Canonical10 or Canonical11
            && transforms.All(transform => !transform.HasChildNodes)
            && Algorithm(Child(reference, "DigestMethod")) == Sha384;
        if (!isKnown)
        {
            throw ReferenceManifest.Format("a signature by ECDSA P-384 with SHA-384 over the whole document, in canonical XML, was expected");
        }
    }

    private static string Algorithm(XmlElement element) => element.GetAttribute("Algorithm");

    private static XmlElement Child(XmlElement parent, string name)
    {
        XmlElement[] found = [.. parent.ChildNodes.OfType<XmlElement>().Where(child => child.LocalName == name && child.NamespaceURI == Signatures)];
        return found is [var one] ? one : throw ReferenceManifest.Format($"{name} was expected once in {parent.LocalName}");
    }

    private static byte[] Base64(XmlElement element)
    {
        var text = element.InnerText;
        var bytes = new byte[text.Length];
        return element.ChildNodes.OfType<XmlElement>().Any() || !Convert.TryFromBase64String(text, bytes, out var written)
            ? throw ReferenceManifest.Format($"base64 was expected in {element.LocalName}")
            : bytes[..written];
    }

    /// <summary>A part of the document by itself: the namespaces of what stands around it belong to it (Canonical XML, 2.4).</summary>
    private static byte[] CanonicalPart(XmlElement part)
    {
        var own = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        var copy = (XmlElement)own.ImportNode(part, deep: true);
        own.AppendChild(copy);
        HashSet<string> seen = [.. part.Attributes.OfType<XmlAttribute>().Where(attribute => attribute.NamespaceURI == Namespaces).Select(attribute => attribute.Name)];
        for (var outer = part.ParentNode as XmlElement; outer is not null; outer = outer.ParentNode as XmlElement)
        {
            foreach (var declared in outer.Attributes.OfType<XmlAttribute>().Where(attribute => attribute.NamespaceURI == Namespaces && seen.Add(attribute.Name)))
            {
                copy.SetAttribute(declared.Name, declared.Value);
            }
        }

        return Canonical(own);
    }

    private static byte[] Canonical(XmlDocument document)
    {
        var transform = new XmlDsigC14NTransform(includeComments: false);
        transform.LoadInput(document);
        using var output = (Stream)transform.GetOutput(typeof(Stream));
        using var bytes = new MemoryStream();
        output.CopyTo(bytes);
        return bytes.ToArray();
    }
}
