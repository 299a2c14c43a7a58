using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CocoonOrleans.Attestation.Gpus;
using CocoonOrleans.Attestation.Gpus.References;

namespace CocoonOrleans.Tests.Attestation.Gpus;

/// <summary>
/// SELF-MADE, NOT NVIDIA'S: roots, a GPU, reference values and an OCSP responder of a test, in NVIDIA's formats. XML is written here in its canonical form by
/// hand, so that what the verifier canonicalises is compared with something else than itself.
/// </summary>
internal sealed class GpuWorld : IDisposable
{
    public const string Driver = "550.90.07";
    public const string Vbios = "96.00.9F.00.01";
    public const string Product = "GH100";

    public static readonly DateTimeOffset Now = new(2030, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private const string SwidNamespace = "http://standards.iso.org/iso/19770/-2/2015/schema.xsd";
    private const string HashNamespace = "http://www.w3.org/2001/04/xmlenc#sha384";
    private const string SignatureNamespace = "http://www.w3.org/2000/09/xmldsig#";

    private readonly List<IDisposable> _owned = [];
    private readonly Entity[] _device;
    private readonly Entity[] _signers;
    private int _serial = 100;

    public GpuWorld(Action<GpuWorld>? change = null)
    {
        change?.Invoke(this);
        var root = Make("Self-made Device Identity CA", null, isAuthority: true);
        var family = Make("Self-made GH100 family", root, isAuthority: true);
        var chip = Make("Self-made GH100 provisioner", family, isAuthority: true);
        var board = Make("Self-made GH100 board", chip, isAuthority: true);
        FirmwareId = SHA384.HashData("firmware"u8);
        _device = [Make("GH100 self-made GSP FMC LF", board, firmware: FirmwareId), board, chip, family, root];
        var referenceRoot = Make("Self-made signing Root CA", null, isAuthority: true);
        var references = Make("Self-made Reference Value CA", referenceRoot, isAuthority: true);
        var third = Make("Self-made Reference Value L3", references, isAuthority: true);
        _signers = [Make("Self-made RIM L4 Signer", third), third, references, referenceRoot];
        foreach (var index in Enumerable.Range(0, 64))
        {
            Measured[index] = SHA384.HashData(BitConverter.GetBytes(index));
        }

        Verifier = new GpuVerifier(root.Certificate.RawData, referenceRoot.Certificate.RawData);
    }

    public GpuVerifier Verifier { get; }

    public byte[] FirmwareId { get; }

    /// <summary>What the GPU measures, by NVIDIA's index.</summary>
    public Dictionary<int, byte[]> Measured { get; } = [];

    public byte VideoDecoder { get; set; } = 0xAA;

    public string ReportedDriver { get; set; } = Driver;

    public string ReportedVbios { get; set; } = Vbios;

    /// <summary>Certificates of the GPU, leaf first.</summary>
    public IReadOnlyList<Entity> Device => _device;

    /// <summary>Certificates of who signs reference values, leaf first.</summary>
    public IReadOnlyList<Entity> Signers => _signers;

    public ReadOnlyMemory<byte> Chain => Encoding.ASCII.GetBytes(string.Concat(_device.Select(entity => entity.Certificate.ExportCertificatePem() + "\n")));

    public void Dispose() => _owned.ForEach(owned => owned.Dispose());

    public Entity Make(string name, Entity? issuer, bool isAuthority = false, byte[]? firmware = null, string? purpose = null, bool isCritical = false, DateTimeOffset? until = null)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(isAuthority ? X509KeyUsageFlags.KeyCertSign : X509KeyUsageFlags.DigitalSignature, critical: true));
        if (purpose is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], isCritical));
        }

        if (firmware is not null)
        {
            request.CertificateExtensions.Add(new X509Extension("2.23.133.5.4.1", CompositeDeviceId(key, firmware), critical: false));
        }

        var certificate = request.Create(
            issuer?.Certificate.SubjectName ?? request.SubjectName, X509SignatureGenerator.CreateForECDsa(issuer?.Key ?? key), Now.AddYears(-1), until ?? Now.AddYears(1), [1, 0, (byte)_serial++]);
        _owned.Add(key);
        _owned.Add(certificate);
        return new Entity(certificate, key);
    }

    /// <summary>The GPU's report for a nonce: SPDM 1.1 request, response, signature.</summary>
    public byte[] Report(ReadOnlySpan<byte> nonce, ECDsa? signer = null)
    {
        using var report = new MemoryStream();
        report.Write([0x11, 0xE0, 0x01, 0xFF, .. nonce, 0]);
        byte[] record = [.. Measured.OrderBy(pair => pair.Key).SelectMany(pair => (byte[])[(byte)(pair.Key + 1), 1, .. Short(pair.Value.Length + 3), 0, .. Short(pair.Value.Length), .. pair.Value])];
        report.Write([0x11, 0x60, 0, 0, (byte)Measured.Count, .. BitConverter.GetBytes(record.Length)[..3], .. record]);
        report.Write(new byte[32]);
        var vbios = ReportedVbios.Split('.').Select(part => byte.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
        byte[] opaque =
        [
            .. Field(3, Encoding.ASCII.GetBytes(ReportedDriver + "\0")), .. Field(6, [vbios[3], vbios[2], vbios[1], vbios[0], vbios[4], 0, 0, 0]), .. Field(11, [VideoDecoder]),
            .. Field(15, "882\0"u8), .. Field(17, "1010\0"u8), .. Field(18, "0200\0"u8), .. Field(20, FirmwareId),
        ];
        report.Write([.. Short(opaque.Length), .. opaque]);
        var signed = report.ToArray();
        return [.. signed, .. (signer ?? _device[0].Key).SignData(signed, HashAlgorithmName.SHA384)];
    }

    /// <summary>What driver and VBIOS must measure, 0 to 12 but 7 the VBIOS, the rest the driver, as NVIDIA divides them.</summary>
    public GpuReferences References(Func<string, string>? driver = null, Func<string, string>? vbios = null) => new()
    {
        Manifests = [Manifest(Driver, IsOfDriver, driver), Manifest(Vbios, index => !IsOfDriver(index), vbios)],
        RevocationAnswers = Answers(),
    };

    /// <summary>A good answer about each certificate that is asked about.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Answers() =>
        [.. Asked().Select(pair => (ReadOnlyMemory<byte>)Answer(new AnswerSettings(pair.Subject, pair.Issuer)))];

    public IEnumerable<(Entity Subject, Entity Issuer)> Asked() =>
        _device.Zip(_device.Skip(1)).Skip(1).Concat(_signers.Zip(_signers.Skip(1)));

    public byte[] Manifest(string version, Func<int, bool> isActive, Func<string, string>? change = null, Entity? signer = null, IReadOnlyList<Entity>? chain = null)
    {
        var resources = string.Concat(Enumerable.Range(0, 64).Select(index => Resource(index, isActive(index), isActive(index) ? [SHA384.HashData("another"u8), Measured[index]] : [new byte[48]])));
        var body = $"""<SoftwareIdentity xmlns="{SwidNamespace}" xmlns:h="{HashNamespace}" name="{Product}" version="1.0"><Meta colloquialVersion="{version}" product="{Product}"></Meta>"""
            + $"\n  <Payload>{resources}\n  </Payload></SoftwareIdentity>";
        return Encoding.UTF8.GetBytes(Sign(change?.Invoke(body) ?? body, signer, chain));
    }

    /// <summary>Signs XML that is canonical already.</summary>
    public string Sign(string body, Entity? signer = null, IReadOnlyList<Entity>? chain = null)
    {
        const string Canonical = "http://www.w3.org/2006/12/xml-c14n11";
        var digest = Convert.ToBase64String(SHA384.HashData(Encoding.UTF8.GetBytes(body)));
        string Info(string namespaces) =>
            $"""<ds:SignedInfo{namespaces}><ds:CanonicalizationMethod Algorithm="{Canonical}"></ds:CanonicalizationMethod>"""
            + """<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"></ds:SignatureMethod><ds:Reference URI=""><ds:Transforms>"""
            + $"""<ds:Transform Algorithm="{SignatureNamespace}enveloped-signature"></ds:Transform><ds:Transform Algorithm="{Canonical}"></ds:Transform></ds:Transforms>"""
            + $"""<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#sha384"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>""";

        var signed = Info($""" xmlns="{SwidNamespace}" xmlns:ds="{SignatureNamespace}" xmlns:h="{HashNamespace}" """.TrimEnd());
        var value = Convert.ToBase64String((signer ?? _signers[0]).Key.SignData(Encoding.UTF8.GetBytes(signed), HashAlgorithmName.SHA384));
        var certificates = string.Concat((chain ?? [signer ?? _signers[0], .. _signers[1..]])
            .Select(entity => $"<ds:X509Certificate>{Convert.ToBase64String(entity.Certificate.RawData, Base64FormattingOptions.InsertLineBreaks).ReplaceLineEndings("\n")}\n</ds:X509Certificate>"));
        var signature = $"""<ds:Signature xmlns:ds="{SignatureNamespace}">{Info("")}<ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>{certificates}</ds:X509Data></ds:KeyInfo></ds:Signature>""";
        return body.Replace("</SoftwareIdentity>", signature + "</SoftwareIdentity>", StringComparison.Ordinal);
    }

    public byte[] Answer(AnswerSettings settings)
    {
        var (responder, isDelegated) = settings.Responder is { } other ? (other, true) : (settings.Issuer, false);
        var content = new AsnWriter(AsnEncodingRules.DER);
        using (content.PushSequence())
        {
            using (content.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2)))
            {
                content.WriteOctetString(SHA1.HashData(Point(responder)));
            }

            content.WriteGeneralizedTime(Now);
            using (content.PushSequence())
            {
                WriteAnswer(content, settings);
            }
        }

        var signed = content.Encode();
        var basic = new AsnWriter(AsnEncodingRules.DER);
        using (basic.PushSequence())
        {
            basic.WriteEncodedValue(signed);
            using (basic.PushSequence())
            {
                basic.WriteObjectIdentifier("1.2.840.10045.4.3.3");
            }

            basic.WriteBitString((settings.SignsInstead ?? responder.Key).SignData(signed, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence));
            if (isDelegated)
            {
                using (basic.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                using (basic.PushSequence())
                {
                    basic.WriteEncodedValue(responder.Certificate.RawData);
                }
            }
        }

        var outer = new AsnWriter(AsnEncodingRules.DER);
        using (outer.PushSequence())
        {
            outer.WriteEncodedValue([0x0A, 1, settings.ResponseStatus]);
            using (outer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (outer.PushSequence())
            {
                outer.WriteObjectIdentifier("1.3.6.1.5.5.7.48.1.1");
                outer.WriteOctetString(basic.Encode());
            }
        }

        return outer.Encode();
    }

    private static bool IsOfDriver(int index) => index is 7 or (> 12 and < 41);

    private static byte[] Short(int value) => BitConverter.GetBytes((ushort)value);

    private static byte[] Field(int type, ReadOnlySpan<byte> value) => [.. Short(type), .. Short(value.Length), .. value];

    private static byte[] Point(Entity entity)
    {
        var point = entity.Key.ExportParameters(includePrivateParameters: false).Q;
        return [4, .. point.X!, .. point.Y!];
    }

    private static string Resource(int index, bool isActive, byte[][] values) =>
        $"""{"\n"}    <Resource active="{(isActive ? "True" : "False")}" alternatives="{values.Length}" index="{index}" name="Measurement_{index}" size="48" type="Measurement" """
        + string.Join(' ', values.Select((value, number) => $"h:Hash{number}=\"{Convert.ToHexStringLower(value)}\"")) + "></Resource>";

    private static byte[] CompositeDeviceId(ECDsa key, byte[] firmware)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteEncodedValue(key.ExportSubjectPublicKeyInfo());
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("2.16.840.1.101.3.4.2.2");
                writer.WriteOctetString(firmware);
            }
        }

        return writer.Encode();
    }

    private static void WriteAnswer(AsnWriter content, AnswerSettings settings)
    {
        using (content.PushSequence())
        {
            using (content.PushSequence())
            {
                using (content.PushSequence())
                {
                    content.WriteObjectIdentifier(settings.IsSha1 ? "1.3.14.3.2.26" : "2.16.840.1.101.3.4.2.2");
                }

                content.WriteOctetString(settings.IsSha1 ? SHA1.HashData(settings.Issuer.Certificate.SubjectName.RawData) : SHA384.HashData(settings.Issuer.Certificate.SubjectName.RawData));
                content.WriteOctetString(settings.IsSha1 ? SHA1.HashData(Point(settings.Issuer)) : SHA384.HashData(Point(settings.Issuer)));
                content.WriteInteger(new BigInteger(settings.Subject.Certificate.SerialNumberBytes.Span, isBigEndian: true));
            }

            if (settings.Status == 1)
            {
                using (content.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
                {
                    content.WriteGeneralizedTime(Now.AddDays(-1));
                }
            }
            else
            {
                content.WriteNull(new Asn1Tag(TagClass.ContextSpecific, settings.Status));
            }

            content.WriteGeneralizedTime(settings.ThisUpdate);
            if (settings.NextUpdate is { } next)
            {
                using (content.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                {
                    content.WriteGeneralizedTime(next);
                }
            }
        }
    }

    internal sealed record Entity(X509Certificate2 Certificate, ECDsa Key);

    internal sealed record AnswerSettings(Entity Subject, Entity Issuer)
    {
        public int Status { get; init; }

        public byte ResponseStatus { get; init; }

        public bool IsSha1 { get; init; }

        public DateTimeOffset ThisUpdate { get; init; } = Now.AddHours(-1);

        public DateTimeOffset? NextUpdate { get; init; } = Now.AddDays(1);

        public Entity? Responder { get; init; }

        public ECDsa? SignsInstead { get; init; }
    }
}
