using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Attestation.Gpus;
using CocoonOrleans.Attestation.Gpus.References;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Roots;

namespace CocoonOrleans.Tests.Attestation.Gpus;

/// <summary>What a GPU runs, by reference values and revocation answers in NVIDIA's formats: all of it self-made (<see cref="GpuWorld"/>).</summary>
public sealed class GpuReferenceTests : IDisposable
{
    private const string OcspSigning = "1.3.6.1.5.5.7.3.9";

    private static readonly byte[] Nonce = [.. Enumerable.Range(0, 32).Select(index => (byte)index)];

    private static readonly Dictionary<string, (string Code, Func<string, string> Change)> Documents = new()
    {
        ["a measurement changed after signing"] = (RefusalCodes.GpuReferenceSignature, document => document.Replace("name=\"Measurement_20\"", "name=\"Measurement_20x\"", StringComparison.Ordinal)),
        ["a digest that fits the change"] = (RefusalCodes.GpuReferenceSignature, Redigested),
        ["a space more"] = (RefusalCodes.GpuReferenceSignature, document => document.Replace("</Payload>", " </Payload>", StringComparison.Ordinal)),
        ["two signatures"] = (RefusalCodes.GpuReferenceFormat, document => document.Replace("</SoftwareIdentity>", Between(document, "<ds:Signature ", "</ds:Signature>") + "</SoftwareIdentity>", StringComparison.Ordinal)),
        ["no signature"] = (RefusalCodes.GpuReferenceFormat, document => document.Replace(Between(document, "<ds:Signature ", "</ds:Signature>"), "", StringComparison.Ordinal)),
        ["the signature elsewhere"] = (RefusalCodes.GpuReferenceFormat, Moved),
        ["a reference to a part"] = (RefusalCodes.GpuReferenceFormat, document => document.Replace("URI=\"\"", "URI=\"#x\"", StringComparison.Ordinal)),
        ["no reference"] = (RefusalCodes.GpuReferenceFormat, document => document.Replace(" URI=\"\"", "", StringComparison.Ordinal)),
        ["another transform"] = (RefusalCodes.GpuReferenceFormat, document => document.Replace("#enveloped-signature", "#base64", StringComparison.Ordinal)),
        ["another algorithm"] = (RefusalCodes.GpuReferenceFormat, document => document.Replace("ecdsa-sha384", "hmac-sha384", StringComparison.Ordinal)),
        ["another digest"] = (RefusalCodes.GpuReferenceFormat, document => document.Replace("xmldsig-more#sha384", "xmldsig-more#sha1", StringComparison.Ordinal)),
        ["a document type"] = (RefusalCodes.GpuReferenceFormat, document => "<!DOCTYPE a [<!ENTITY b \"c\">]>" + document),
        ["no XML"] = (RefusalCodes.GpuReferenceFormat, document => document[..^1]),
        ["as deep as it can be"] = (RefusalCodes.GpuReferenceFormat, document => document.Replace("</Meta>", string.Concat(Enumerable.Repeat("<a>", 20_000)) + string.Concat(Enumerable.Repeat("</a>", 20_000)) + "</Meta>", StringComparison.Ordinal)),
        ["an attribute xml:space"] = (RefusalCodes.GpuReferenceFormat, document => document.Replace("<Meta ", "<Meta xml:space=\"preserve\" ", StringComparison.Ordinal)),
        ["too large"] = (RefusalCodes.GpuReferenceFormat, document => document + new string(' ', ReferenceManifest.LargestBytes)),
        ["certificates in another order"] = ("gpu.rim.chain.root", Reversed),
    };

    private static readonly Dictionary<string, (string Code, Func<string, string> Change)> Bodies = new()
    {
        ["no Meta"] = (RefusalCodes.GpuReferenceFormat, body => body.Replace("Meta", "Data", StringComparison.Ordinal)),
        ["no Payload"] = (RefusalCodes.GpuReferenceFormat, body => body.Replace("Payload", "Load", StringComparison.Ordinal)),
        ["an index twice"] = (RefusalCodes.GpuReferenceFormat, body => body.Replace("index=\"20\"", "index=\"21\"", StringComparison.Ordinal)),
        ["an index that is none"] = (RefusalCodes.GpuReferenceFormat, body => body.Replace("index=\"20\"", "index=\"-20\"", StringComparison.Ordinal)),
        ["a size that is none"] = (RefusalCodes.GpuReferenceFormat, body => body.Replace("size=\"48\"", "size=\"47\"", StringComparison.Ordinal)),
        ["alternatives without values"] = (RefusalCodes.GpuReferenceFormat, body => body.Replace("alternatives=\"2\"", "alternatives=\"3\"", StringComparison.Ordinal)),
        ["perhaps active"] = (RefusalCodes.GpuReferenceFormat, body => body.Replace("active=\"True\"", "active=\"true\"", StringComparison.Ordinal)),
        ["nothing active"] = (RefusalCodes.GpuReferenceFormat, body => body.Replace("active=\"True\"", "active=\"False\"", StringComparison.Ordinal)),
        ["another family of GPUs"] = (RefusalCodes.GpuReferenceMissing, body => body.Replace("product=\"GH100\"", "product=\"GB100\"", StringComparison.Ordinal)),
        ["another version"] = (RefusalCodes.GpuReferenceMissing, body => body.Replace(GpuWorld.Driver, "550.90.08", StringComparison.Ordinal)),
    };

    private readonly GpuWorld _world = new();

    public static TheoryData<string> AllDocuments => [.. Documents.Keys];

    public static TheoryData<string> AllBodies => [.. Bodies.Keys];

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Verify_NothingWrong_IsWhole()
    {
        var verdict = Verify(_world.References());

        Assert.Null(verdict.Refusal);
        Assert.True(verdict.IsWhole);
        Assert.Equal(GpuWorld.Now.AddDays(1), verdict.ValidUntil);
        Assert.Equal(("NV_GPU_DRIVER_GH100_550.90.07", "NV_GPU_VBIOS_1010_0200_882_96009F0001"), (ReferenceNames.Driver(verdict.Report!), ReferenceNames.Vbios(verdict.Report!)));
    }

    [Fact]
    public void Verify_NoReferencesAskedFor_IsNotWhole()
    {
        var verdict = Verify(null);

        Assert.Null(verdict.Refusal);
        Assert.False(verdict.IsWhole);
    }

    [Theory]
    [MemberData(nameof(AllDocuments))]
    public void Verify_DocumentChanged_IsRefused(string change)
    {
        var references = _world.References();
        var driver = Documents[change].Change(Encoding.UTF8.GetString(references.Manifests[0].Span));

        Assert.Equal(Documents[change].Code, Verify(references with { Manifests = [Encoding.UTF8.GetBytes(driver), references.Manifests[1]] }).Refusal?.Code);
    }

    [Theory]
    [MemberData(nameof(AllBodies))]
    public void Verify_SignedButNotNvidiasForm_IsRefused(string change) => Assert.Equal(Bodies[change].Code, Verify(_world.References(Bodies[change].Change)).Refusal?.Code);

    [Theory]
    [InlineData(20)]
    [InlineData(7)]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(35)]
    public void Verify_MeasurementOfAnother_IsRefused(int index)
    {
        var references = _world.References();
        _world.Measured[index] = SHA384.HashData("other firmware"u8);

        Assert.Equal(RefusalCodes.GpuMeasurement, Verify(references).Refusal?.Code);
    }

    [Fact]
    public void Verify_MeasurementThatIsAnAlternative_IsAccepted()
    {
        var references = _world.References();
        _world.Measured[20] = SHA384.HashData("another"u8);

        Assert.Null(Verify(references).Refusal);
    }

    [Fact]
    public void Verify_MeasurementMissing_IsRefused()
    {
        var references = _world.References();
        _world.Measured.Remove(40);

        Assert.Equal(RefusalCodes.GpuMeasurement, Verify(references).Refusal?.Code);
    }

    [Fact]
    public void Verify_VideoDecoderOff_ItsMeasurementSaysNothing()
    {
        var references = _world.References();
        _world.Measured[35] = SHA384.HashData("decoder"u8);
        _world.VideoDecoder = 0x55;

        Assert.Null(Verify(references).Refusal);
    }

    [Fact]
    public void Verify_OneMeasurementInBothDocuments_IsRefused()
    {
        var references = _world.References();
        ReadOnlyMemory<byte> vbios = _world.Manifest(GpuWorld.Vbios, index => index <= 13);

        Assert.Equal(RefusalCodes.GpuReferenceFormat, Verify(references with { Manifests = [references.Manifests[0], vbios] }).Refusal?.Code);
    }

    [Fact]
    public void Verify_ReportOfAnotherDriver_AsksForItsReferences()
    {
        _world.ReportedDriver = "999.1";

        Assert.Equal(RefusalCodes.GpuReferenceMissing, Verify(_world.References()).Refusal?.Code);
    }

    [Fact]
    public void Verify_SignerOfAnotherKind_IsRefused()
    {
        var references = _world.References();
        var other = _world.Make("Self-made CoRIM signer", _world.Signers[1]);
        ReadOnlyMemory<byte> driver = _world.Manifest(GpuWorld.Driver, index => index == 20, signer: other);

        Assert.Equal("gpu.rim.chain.subject", Verify(references with { Manifests = [driver, references.Manifests[1]] }).Refusal?.Code);
    }

    [Theory]
    [InlineData("without the root", "Length")]
    [InlineData("one twice", "Issuer")]
    [InlineData("no certificate", "Malformed")]
    [InlineData("an authority that is none", "Authority")]
    [InlineData("another issuer of that name", "Signature")]
    [InlineData("expired", "Expired")]
    public void Verify_SignersOfAnotherForm_AreRefusedByTheirCode(string change, string code)
    {
        var references = _world.References();
        var (signers, root) = (_world.Signers, _world.Signers[^1]);
        var forged = _world.Make("Self-made Reference Value CA", root, isAuthority: change != "an authority that is none", until: change == "expired" ? GpuWorld.Now.AddDays(-1) : null);
        var third = _world.Make("Self-made Reference Value L3", forged, isAuthority: true);
        var leaf = _world.Make("Self-made RIM L4 Signer", third);
        GpuWorld.Entity[] chain = change switch
        {
            "another issuer of that name" => [leaf, third, signers[2], root],
            "expired" or "an authority that is none" => [leaf, third, forged, root],
            "without the root" => [leaf, third, forged],
            "one twice" => [signers[0], signers[1], signers[1], root],
            _ => [.. signers],
        };
        var document = Encoding.UTF8.GetString(_world.Manifest(GpuWorld.Driver, index => index == 20, signer: chain[0], chain: chain));
        var first = document.IndexOf("<ds:X509Certificate>M", StringComparison.Ordinal) + "<ds:X509Certificate>".Length;
        var driver = change == "no certificate" ? string.Concat(document.AsSpan(0, first), "A", document.AsSpan(first + 1)) : document;

        Assert.Equal($"gpu.rim.chain.{(code == "Authority" ? "ca" : code.ToLowerInvariant())}", Verify(references with { Manifests = [Encoding.UTF8.GetBytes(driver), references.Manifests[1]] }).Refusal?.Code);
    }

    [Fact]
    public void Verify_OtherFirmwareThanTheCertificates_IsRefused()
    {
        var references = _world.References();
        _world.FirmwareId[0] ^= 1;

        Assert.Equal(RefusalCodes.GpuFirmware, Verify(references).Refusal?.Code);
    }

    [Fact]
    public void Verify_SignedByAGpuItself_IsRefused()
    {
        // A GPU's chain is genuine, and its root is not the one that reference values need.
        var references = _world.References();
        ReadOnlyMemory<byte> driver = _world.Manifest(GpuWorld.Driver, index => index == 20, signer: _world.Device[0]);

        Assert.StartsWith("gpu.rim.chain.", Verify(references with { Manifests = [driver, references.Manifests[1]] }).Refusal?.Code, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_SignerExpired_IsRefused()
    {
        var references = _world.References();

        Assert.Equal("gpu.chain.expired", Verify(references, GpuWorld.Now.AddYears(2)).Refusal?.Code);
        Assert.Equal(RefusalCodes.GpuRevocationExpired, Verify(references, GpuWorld.Now.AddDays(2)).Refusal?.Code);
    }

    [Fact]
    public void Verify_AnyAnswerMissing_IsRefused()
    {
        var references = _world.References();
        Assert.Equal(6, references.RevocationAnswers.Count);

        Assert.All(Enumerable.Range(0, references.RevocationAnswers.Count), without => Assert.Equal(
            RefusalCodes.GpuRevocationMissing,
            Verify(references with { RevocationAnswers = [.. references.RevocationAnswers.Where((_, index) => index != without)] }).Refusal?.Code));
    }

    [Fact]
    public void Verify_AnyCertificateRevokedOrUnknown_IsRefused() => Assert.All(
        from pair in _world.Asked() from status in (int[])[1, 2] select new GpuWorld.AnswerSettings(pair.Subject, pair.Issuer) { Status = status },
        settings => Assert.Equal(RefusalCodes.GpuRevoked, VerifyWith(settings).Refusal?.Code));

    [Fact]
    public void Verify_RevokedBesideGood_IsRefused()
    {
        var references = _world.References();
        var (subject, issuer) = _world.Asked().First();
        ReadOnlyMemory<byte> revoked = _world.Answer(new GpuWorld.AnswerSettings(subject, issuer) { Status = 1 });

        Assert.Equal(RefusalCodes.GpuRevoked, Verify(references with { RevocationAnswers = [.. references.RevocationAnswers, revoked] }).Refusal?.Code);
    }

    [Fact]
    public void Verify_AnswerOutOfItsTime_IsRefused()
    {
        var (subject, issuer) = _world.Asked().First();
        var settings = new GpuWorld.AnswerSettings(subject, issuer);

        Assert.Equal(RefusalCodes.GpuRevocationExpired, VerifyWith(settings with { ThisUpdate = GpuWorld.Now.AddMinutes(1) }).Refusal?.Code);
        Assert.Equal(RefusalCodes.GpuRevocationExpired, VerifyWith(settings with { NextUpdate = GpuWorld.Now.AddMinutes(-1) }).Refusal?.Code);
        Assert.Equal(RefusalCodes.GpuRevocationExpired, VerifyWith(settings with { ThisUpdate = GpuWorld.Now.AddDays(-8), NextUpdate = GpuWorld.Now.AddYears(1) }).Refusal?.Code);
        Assert.Equal(RefusalCodes.GpuRevocationExpired, VerifyWith(settings with { ThisUpdate = GpuWorld.Now.AddDays(-8), NextUpdate = null }).Refusal?.Code);
        Assert.Null(VerifyWith(settings with { NextUpdate = null }).Refusal);
    }

    [Fact]
    public void Verify_ResponderThatMay_IsAccepted()
    {
        var (subject, issuer) = _world.Asked().First();

        foreach (var isCritical in (bool[])[true, false])
        {
            var responder = _world.Make("Self-made responder", issuer, purpose: OcspSigning, isCritical: isCritical);
            Assert.Null(VerifyWith(new GpuWorld.AnswerSettings(subject, issuer) { Responder = responder, IsSha1 = true }).Refusal);
        }
    }

    [Fact]
    public void Verify_ResponderThatMayNot_IsRefused()
    {
        var (subject, issuer) = _world.Asked().First();
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        GpuWorld.Entity[] responders =
        [
            _world.Make("No purpose", issuer),
            _world.Make("Another purpose", issuer, purpose: "1.3.6.1.5.5.7.3.1"),
            _world.Make("Of another issuer", _world.Device[^1], purpose: OcspSigning),
            _world.Make("By itself", null, purpose: OcspSigning),
            _world.Make("Expired", issuer, purpose: OcspSigning, until: GpuWorld.Now.AddDays(-1)),
        ];

        Assert.All(responders, responder => Assert.Equal(
            RefusalCodes.GpuRevocationSignature, VerifyWith(new GpuWorld.AnswerSettings(subject, issuer) { Responder = responder }).Refusal?.Code));
        Assert.Equal(RefusalCodes.GpuRevocationSignature, VerifyWith(new GpuWorld.AnswerSettings(subject, issuer) { SignsInstead = stranger }).Refusal?.Code);
    }

    [Fact]
    public void Verify_AnswerThatIsNone_IsRefused()
    {
        var references = _world.References();
        var good = references.RevocationAnswers[0];
        var (subject, issuer) = _world.Asked().First();

        Assert.All(
            (ReadOnlyMemory<byte>[])[new byte[0], new byte[100], good[..^1], (byte[])[.. good.Span, 0], new byte[100_000], _world.Answer(new GpuWorld.AnswerSettings(subject, issuer) { ResponseStatus = 3 })],
            answer => Assert.Equal(RefusalCodes.GpuRevocationFormat, Verify(references with { RevocationAnswers = [answer, .. references.RevocationAnswers] }).Refusal?.Code));
    }

    [Fact]
    public void Verify_AnyByteOfAnAnswerChanged_ChangesNoVerdictToAccepted()
    {
        var references = _world.References();
        var answer = references.RevocationAnswers[0].ToArray();
        for (var index = 0; index < answer.Length; index++)
        {
            var changed = (byte[])answer.Clone();
            changed[index] ^= 0x41;

            Assert.False(Verify(references with { RevocationAnswers = [changed, .. references.RevocationAnswers.Skip(1)] }).IsAccepted, $"Byte {index} may be anything.");
        }
    }

    [Fact]
    public void Verify_AnyByteOfSignedContentChanged_IsRefused()
    {
        var references = _world.References();
        var document = references.Manifests[0].ToArray();
        for (var index = 0; index < document.Length; index += 101)
        {
            var changed = (byte[])document.Clone();
            changed[index] ^= 0x01;
            var verdict = Verify(references with { Manifests = [changed, references.Manifests[1]] });

            Assert.False(verdict.IsAccepted, $"Byte {index} may be anything.");
            Assert.NotEqual(RefusalCodes.Fault, verdict.Refusal?.Code);
        }
    }

    [Fact]
    public void Verify_TooMuch_IsRefused()
    {
        var references = _world.References();

        Assert.Equal(RefusalCodes.GpuReferenceFormat, Verify(references with { Manifests = [.. Enumerable.Repeat(references.Manifests[0], GpuReferences.MostManifests + 1)] }).Refusal?.Code);
        Assert.Equal(
            RefusalCodes.GpuReferenceFormat, Verify(references with { RevocationAnswers = [.. Enumerable.Repeat(references.RevocationAnswers[0], GpuReferences.MostRevocationAnswers + 1)] }).Refusal?.Code);
    }

    [Fact]
    public async Task Fetch_ServicesInNvidiasForm_GivesWhatIsAskedFor()
    {
        using var service = new Service(_world);
        using var http = new HttpClient(service, disposeHandler: false);
        var device = new GpuDevice(_world.Report(Nonce), _world.Chain);

        var (references, refusal) = await Client(http).FetchAsync(_world.Verifier, device, CancellationToken.None);

        Assert.Null(refusal);
        Assert.Equal(6, references!.RevocationAnswers.Count);
        Assert.True(_world.Verifier.Verify(device.Report.Span, device.Chain.Span, Nonce, GpuWorld.Now, references).IsWhole);
    }

    [Theory]
    [InlineData("404", RefusalCodes.GpuReferenceMissing)]
    [InlineData("null", RefusalCodes.GpuReferenceFormat)]
    [InlineData("{\"rim\": 7}", RefusalCodes.GpuReferenceFormat)]
    [InlineData("{\"rim\": \"?\"}", RefusalCodes.GpuReferenceFormat)]
    [InlineData("{\"rim\": \"aGVsbG8=\"}", RefusalCodes.GpuReferenceFormat)]
    [InlineData("no JSON", RefusalCodes.Malformed)]
    [InlineData("large", RefusalCodes.GpuReferenceMissing)]
    [InlineData("away", RefusalCodes.GpuReferenceMissing)]
    [InlineData("ocsp away", RefusalCodes.GpuRevocationMissing)]
    public async Task Fetch_ServiceThatDoesNotGiveIt_SaysSo(string answer, string code)
    {
        using var service = new Service(_world) { Instead = answer };
        using var http = new HttpClient(service, disposeHandler: false);

        var (references, refusal) = await Client(http).FetchAsync(_world.Verifier, new GpuDevice(_world.Report(Nonce), _world.Chain), CancellationToken.None);

        Assert.Null(references);
        Assert.Equal(code, refusal?.Code);
    }

    [Fact]
    public void Root_IsTheOneThatWasCompared() => Assert.Equal(
        "12977b5115acb0381179279fffeb5a8c4d264971ebb32298023a465fa41df5d1", Convert.ToHexStringLower(SHA256.HashData(PinnedRoots.NvidiaReferences)));

    private static ReferenceClient Client(HttpClient http) => new(http, new Uri("http://127.0.0.1:9/v1/rim/"), new Uri("http://127.0.0.1:9/ocsp"), TimeProvider.System);

    private static string Between(string document, string begin, string end)
    {
        var start = document.IndexOf(begin, StringComparison.Ordinal);
        return document[start..(document.IndexOf(end, StringComparison.Ordinal) + end.Length)];
    }

    private static string Moved(string document)
    {
        var signature = Between(document, "<ds:Signature ", "</ds:Signature>");
        return document.Replace(signature, "", StringComparison.Ordinal).Replace("</Payload>", signature + "</Payload>", StringComparison.Ordinal);
    }

    private static string Reversed(string document)
    {
        var all = Between(document, "<ds:X509Certificate>", "</ds:X509Data>").Replace("</ds:X509Data>", "", StringComparison.Ordinal);
        const string End = "</ds:X509Certificate>";
        return document.Replace(all, string.Concat(all.Split(End, StringSplitOptions.RemoveEmptyEntries).Reverse().Select(part => part + End)), StringComparison.Ordinal);
    }

    private static string Redigested(string document)
    {
        var changed = document.Replace("name=\"Measurement_20\"", "name=\"Measurement_20x\"", StringComparison.Ordinal);
        var body = changed.Replace(Between(changed, "<ds:Signature ", "</ds:Signature>"), "", StringComparison.Ordinal);
        return changed.Replace(
            Between(changed, "<ds:DigestValue>", "</ds:DigestValue>"),
            string.Create(CultureInfo.InvariantCulture, $"<ds:DigestValue>{Convert.ToBase64String(SHA384.HashData(Encoding.UTF8.GetBytes(body)))}</ds:DigestValue>"),
            StringComparison.Ordinal);
    }

    private GpuVerdict Verify(GpuReferences? references, DateTimeOffset? now = null) =>
        _world.Verifier.Verify(_world.Report(Nonce), _world.Chain.Span, Nonce, now ?? GpuWorld.Now, references);

    /// <summary>With another answer about one certificate.</summary>
    private GpuVerdict VerifyWith(GpuWorld.AnswerSettings settings) => Verify(_world.References() with
    {
        RevocationAnswers =
        [
            .. _world.Asked().Where(pair => pair.Subject != settings.Subject).Select(pair => (ReadOnlyMemory<byte>)_world.Answer(new GpuWorld.AnswerSettings(pair.Subject, pair.Issuer))),
            _world.Answer(settings),
        ],
    });

    /// <summary>Plays NVIDIA's two services.</summary>
    private sealed class Service(GpuWorld world) : HttpMessageHandler
    {
        public string? Instead { get; init; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Post)
            {
                Assert.Equal("application/ocsp-request", request.Content!.Headers.ContentType!.MediaType);
                return Instead == "ocsp away" ? new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) : Bytes(Answer(await request.Content.ReadAsByteArrayAsync(cancellationToken)));
            }

            var references = world.References();
            return Instead switch
            {
                "404" => new HttpResponseMessage(HttpStatusCode.NotFound),
                "away" => throw new HttpRequestException("Connection refused"),
                "large" => Bytes(new byte[3 * ReferenceManifest.LargestBytes]),
                { } text when text != "ocsp away" => Bytes(Encoding.UTF8.GetBytes(text)),
                _ => Bytes(JsonSerializer.SerializeToUtf8Bytes(new
                {
                    id = request.RequestUri!.Segments[^1],
                    rim = Convert.ToBase64String(references.Manifests[request.RequestUri.Segments[^1] == "NV_GPU_DRIVER_GH100_550.90.07" ? 0 : 1].Span),
                })),
            };
        }

        private static HttpResponseMessage Bytes(byte[] bytes) => new(HttpStatusCode.OK) { Content = new ByteArrayContent(bytes) };

        /// <summary>The answer for a question: it ends with the certificate's serial number.</summary>
        private byte[] Answer(byte[] request)
        {
            var (subject, issuer) = world.Asked().Single(pair => request.AsSpan().EndsWith(pair.Subject.Certificate.SerialNumberBytes.Span));
            return world.Answer(new GpuWorld.AnswerSettings(subject, issuer));
        }
    }
}
