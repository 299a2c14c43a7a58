using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Attestation.Gpus.Tokens;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Tests.Attestation.Gpus;

/// <summary>
/// Answers in the form of NVIDIA's Remote Attestation Service. Every token is made here, with a key of the test: none is NVIDIA's, and that the real
/// service's look like them is not shown by this.
/// </summary>
public sealed class NrasVerifierTests : IDisposable
{
    private const string KeyId = "made-by-a-test";
    private const string Driver = "550.90.07";

    private static readonly DateTimeOffset Now = new(2030, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Nonce = [.. Enumerable.Range(0, 32).Select(index => (byte)index)];

    private static readonly Dictionary<string, (string Code, Action<Answer> Change)> Ways = new()
    {
        ["algorithm none, unsigned"] = (RefusalCodes.GpuTokenAlgorithm, answer => (answer.Header["alg"], answer.IsUnsigned) = ("none", true)),
        ["algorithm none in other letters"] = (RefusalCodes.GpuTokenAlgorithm, answer => (answer.Header["alg"], answer.IsUnsigned) = ("nOnE", true)),
        ["algorithm HS384 with the public key as secret"] = (RefusalCodes.GpuTokenAlgorithm, answer => answer.Header["alg"] = "HS384"),
        ["algorithm ES256"] = (RefusalCodes.GpuTokenAlgorithm, answer => answer.Header["alg"] = "ES256"),
        ["no algorithm"] = (RefusalCodes.GpuTokenFormat, answer => answer.Header.Remove("alg")),
        ["critical header"] = (RefusalCodes.GpuTokenFormat, answer => answer.Header["crit"] = new JsonArray("exp")),
        ["no key id"] = (RefusalCodes.GpuTokenFormat, answer => answer.Header.Remove("kid")),
        ["unknown key"] = (RefusalCodes.GpuTokenKey, answer => answer.Header["kid"] = "another"),
        ["signed by a stranger"] = (RefusalCodes.GpuTokenSignature, answer => answer.Key = ECDsa.Create(ECCurve.NamedCurves.nistP384)),
        ["signature empty"] = (RefusalCodes.GpuTokenSignature, answer => answer.IsUnsigned = true),
        ["signature in DER"] = (RefusalCodes.GpuTokenSignature, answer => answer.Format = DSASignatureFormat.Rfc3279DerSequence),
        ["another issuer"] = (RefusalCodes.GpuTokenIssuer, answer => answer.Overall["iss"] = "https://nras.attestation-dev.nvidia.com"),
        ["a GPU's token of another issuer"] = (RefusalCodes.GpuTokenIssuer, answer => answer.Device["iss"] = "NVAT-LOCAL-VERIFIER"),
        ["expired"] = (RefusalCodes.GpuTokenExpired, answer => answer.Overall["exp"] = Now.AddSeconds(-1).ToUnixTimeSeconds()),
        ["a GPU's token expired"] = (RefusalCodes.GpuTokenExpired, answer => answer.Device["exp"] = Now.AddSeconds(-1).ToUnixTimeSeconds()),
        ["issued in the future"] = (RefusalCodes.GpuTokenExpired, answer => answer.Overall["iat"] = Now.AddSeconds(61).ToUnixTimeSeconds()),
        ["not valid yet"] = (RefusalCodes.GpuTokenExpired, answer => answer.Overall["nbf"] = Now.AddSeconds(61).ToUnixTimeSeconds()),
        ["no end"] = (RefusalCodes.GpuTokenFormat, answer => answer.Overall.Remove("exp")),
        ["another nonce"] = (RefusalCodes.GpuTokenNonce, answer => answer.Overall["eat_nonce"] = new string('0', 64)),
        ["a GPU's token for another nonce"] = (RefusalCodes.GpuTokenNonce, answer => answer.Device["eat_nonce"] = new string('0', 64)),
        ["overall result false"] = (RefusalCodes.GpuTokenResult, answer => answer.Overall["x-nvidia-overall-att-result"] = false),
        ["overall result as a text"] = (RefusalCodes.GpuTokenResult, answer => answer.Overall["x-nvidia-overall-att-result"] = "true"),
        ["no overall result"] = (RefusalCodes.GpuTokenResult, answer => answer.Overall.Remove("x-nvidia-overall-att-result")),
        ["measurements differ"] = (RefusalCodes.GpuTokenResult, answer => answer.Device["measres"] = "fail"),
        ["debugging on"] = (RefusalCodes.GpuTokenResult, answer => answer.Device["dbgstat"] = "enabled"),
        ["secure boot off"] = (RefusalCodes.GpuTokenResult, answer => answer.Device["secboot"] = false),
        ["secure boot not said"] = (RefusalCodes.GpuTokenResult, answer => answer.Device.Remove("secboot")),
        ["report not signed"] = (RefusalCodes.GpuTokenResult, answer => answer.Device["x-nvidia-gpu-attestation-report-signature-verified"] = false),
        ["driver's reference values not signed"] = (RefusalCodes.GpuTokenResult, answer => answer.Device["x-nvidia-gpu-driver-rim-signature-verified"] = false),
        ["a GPU that is not named"] = (RefusalCodes.GpuTokenDigest, answer => answer.AddsUnnamed = true),
        ["a GPU left out"] = (RefusalCodes.GpuTokenDigest, answer => answer.LeavesOut = true),
        ["a GPU's token exchanged"] = (RefusalCodes.GpuTokenDigest, answer => answer.Exchanges = true),
        ["a digest of another kind"] = (RefusalCodes.GpuTokenDigest, answer => answer.DigestName = "MD5"),
        ["a digest that is no list"] = (RefusalCodes.GpuTokenDigest, answer => answer.DigestName = ""),
        ["the same GPU twice"] = (RefusalCodes.GpuTokenFormat, answer => answer.IsTwice = true),
        ["a claim twice"] = (RefusalCodes.GpuTokenFormat, answer => answer.HasClaimTwice = true),
        ["no bundle"] = (RefusalCodes.GpuTokenFormat, answer => answer.Json = _ => "{}"),
        ["no JSON"] = (RefusalCodes.GpuTokenFormat, answer => answer.Json = json => json[..^1]),
        ["a number for a token"] = (RefusalCodes.GpuTokenFormat, answer => answer.Json = _ => """[["JWT", 7], {"GPU-0": 8}]"""),
        ["two parts"] = (RefusalCodes.GpuTokenFormat, answer => answer.Json = _ => """[["JWT", "a.b"], {"GPU-0": "c.d"}]"""),
        ["no base64url"] = (RefusalCodes.GpuTokenFormat, answer => answer.Json = _ => """[["JWT", "a=.b.c"], {"GPU-0": "c.d.e"}]"""),
        ["no GPU"] = (RefusalCodes.GpuTokenFormat, answer => answer.Json = _ => """[["JWT", "a.b.c"], {}]"""),
        ["too large"] = (RefusalCodes.GpuTokenFormat, answer => answer.Json = json => json + new string(' ', 1024 * 1024)),
    };

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    public static TheoryData<string> AllWays => [.. Ways.Keys];

    public void Dispose() => _key.Dispose();

    [Fact]
    public void Verify_NothingWrong_NamesTheGpus()
    {
        var verdict = Verify(new Answer(_key));

        Assert.True(verdict.IsAccepted, verdict.Refusal?.ToString());
        Assert.Equal([new NrasDevice("GPU-0", "ueid-0", "GH100 A01 GSP BROM", Driver, ""), new NrasDevice("GPU-1", "ueid-1", "GH100 A01 GSP BROM", Driver, "")], verdict.Devices);
        Assert.Equal(Now.AddMinutes(5), verdict.ValidUntil); // The GPUs' tokens end first.
    }

    [Theory, MemberData(nameof(AllWays))]
    public void Verify_OneThingWrong_IsRefusedByItsCode(string way)
    {
        var (code, change) = Ways[way];
        var answer = new Answer(_key);
        change(answer);

        var verdict = Verify(answer);

        Assert.Equal(code, verdict.Refusal?.Code);
        Assert.Empty(verdict.Devices);
        Assert.Null(verdict.ValidUntil);
        if (answer.Key != _key)
        {
            answer.Key.Dispose();
        }
    }

    [Fact]
    public void Verify_NonceInOtherLetterCase_IsTheSame()
    {
        var answer = new Answer(_key);
        answer.Overall["eat_nonce"] = Convert.ToHexString(Nonce);

        Assert.Null(Verify(answer).Refusal);
    }

    [Fact]
    public void Verify_AnyCharacterChanged_IsRefused()
    {
        var json = new Answer(_key).Write();
        for (var index = 0; index < json.Length; index += 23)
        {
            var changed = json.Remove(index, 1).Insert(index, json[index] == 'A' ? "B" : "A");
            var refusal = Verifier().Verify(Encoding.UTF8.GetBytes(changed), Nonce, Now).Refusal;

            Assert.True(refusal is not null, $"Character {index} was changed and accepted.");
            Assert.NotEqual(RefusalCodes.Fault, refusal?.Code);
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","kid":"a"}]}""")]
    [InlineData("""{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"AA","y":"AA"}]}""")]
    [InlineData("""{"keys":[{"kty":"EC","crv":"P-384","kid":"a","x":"AA","y":"AA"}]}""")]
    [InlineData("""{"keys":[{"kty":"EC","crv":"P-384","alg":"ES384","x":"AA","y":"AA"}]}""")]
    [InlineData("""{"keys":[{"kty":"EC","crv":"P-384","use":"enc","kid":"a","x":"AA","y":"AA"}]}""")]
    public void TryParse_NoKeysForIt_IsRefused(string jwks)
    {
        Assert.False(NrasKeySet.TryParse(Encoding.UTF8.GetBytes(jwks), out var keys, out var refusal));

        Assert.Null(keys);
        Assert.Equal(RefusalCodes.GpuTokenFormat, refusal?.Code);
    }

    [Fact]
    public void TryParse_SameIdTwice_IsRefused()
    {
        var key = Jwk().ToJsonString();

        Assert.False(NrasKeySet.TryParse(Encoding.UTF8.GetBytes($$"""{"keys":[{{key}},{{key}}]}"""), out _, out _));
    }

    [Fact]
    public void Verify_KeyThatIsNoPoint_IsRefused()
    {
        var jwk = Jwk();
        jwk["y"] = jwk["x"]!.GetValue<string>();
        Assert.True(NrasKeySet.TryParse(Encoding.UTF8.GetBytes($$"""{"keys":[{{jwk.ToJsonString()}}]}"""), out var keys, out _));

        Assert.Equal(RefusalCodes.Malformed, new NrasVerifier(keys!).Verify(Encoding.UTF8.GetBytes(new Answer(_key).Write()), Nonce, Now).Refusal?.Code);
    }

    private NrasVerdict Verify(Answer answer) => Verifier().Verify(Encoding.UTF8.GetBytes(answer.Write()), Nonce, Now);

    private NrasVerifier Verifier()
    {
        Assert.True(NrasKeySet.TryParse(Encoding.UTF8.GetBytes($$"""{"keys":[{"kty":"RSA","kid":"beside"},{{Jwk().ToJsonString()}}]}"""), out var keys, out var refusal), refusal?.ToString());
        return new NrasVerifier(keys!);
    }

    private JsonObject Jwk()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        return new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-384",
            ["alg"] = "ES384",
            ["use"] = "sig",
            ["kid"] = KeyId,
            ["x"] = Base64Url.EncodeToString(point.X),
            ["y"] = Base64Url.EncodeToString(point.Y),
        };
    }

    /// <summary>An answer about two GPUs, and what is to be different in it: of the GPUs' tokens the first one's.</summary>
    private sealed class Answer(ECDsa key)
    {
        public ECDsa Key { get; set; } = key;

        public DSASignatureFormat Format { get; set; } = DSASignatureFormat.IeeeP1363FixedFieldConcatenation;

        public bool IsUnsigned { get; set; }

        public bool AddsUnnamed { get; set; }

        public bool LeavesOut { get; set; }

        public bool Exchanges { get; set; }

        public bool IsTwice { get; set; }

        public bool HasClaimTwice { get; set; }

        public string DigestName { get; set; } = "SHA-256";

        public Func<string, string> Json { get; set; } = json => json;

        public JsonObject Header { get; } = new() { ["alg"] = "ES384", ["kid"] = KeyId, ["typ"] = "JWT" };

        public JsonObject Overall { get; } = Common(new JsonObject { ["x-nvidia-ver"] = "3.0", ["x-nvidia-overall-att-result"] = true }, TimeSpan.FromHours(1));

        public JsonObject Device { get; } = Gpu(0);

        public string Write()
        {
            var tokens = new SortedDictionary<string, string> { ["GPU-0"] = Sign(Device.ToJsonString()), ["GPU-1"] = Sign(Gpu(IsTwice ? 0 : 1).ToJsonString()) };
            var named = new JsonObject();
            foreach (var (name, token) in tokens)
            {
                named[name] = DigestName.Length == 0 ? name : new JsonArray("DIGEST", new JsonArray(DigestName, Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token)))));
            }

            Overall["submods"] = named;
            if (AddsUnnamed)
            {
                tokens["GPU-2"] = Sign(Gpu(2).ToJsonString());
            }

            if (LeavesOut)
            {
                tokens.Remove("GPU-1");
            }

            if (Exchanges)
            {
                tokens["GPU-1"] = Sign(Gpu(2).ToJsonString());
            }

            var overall = Overall.ToJsonString();
            return Json(JsonSerializer.Serialize<object[]>([(string[])["JWT", Sign(HasClaimTwice ? overall[..^1] + ",\"exp\":1}" : overall)], tokens]));
        }

        private static JsonObject Gpu(int index) => Common(
            new JsonObject
            {
                ["ueid"] = $"ueid-{index}",
                ["hwmodel"] = "GH100 A01 GSP BROM",
                ["measres"] = "success",
                ["dbgstat"] = "disabled",
                ["secboot"] = true,
                ["x-nvidia-gpu-arch-check"] = true,
                ["x-nvidia-gpu-attestation-report-nonce-match"] = true,
                ["x-nvidia-gpu-attestation-report-signature-verified"] = true,
                ["x-nvidia-gpu-driver-rim-signature-verified"] = true,
                ["x-nvidia-gpu-vbios-rim-signature-verified"] = true,
                ["x-nvidia-gpu-driver-version"] = Driver,
            },
            TimeSpan.FromMinutes(5));

        private static JsonObject Common(JsonObject claims, TimeSpan life)
        {
            claims["iss"] = NrasVerifier.NvidiaIssuer;
            claims["iat"] = Now.ToUnixTimeSeconds();
            claims["nbf"] = Now.ToUnixTimeSeconds();
            claims["exp"] = (Now + life).ToUnixTimeSeconds();
            claims["eat_nonce"] = Convert.ToHexStringLower(Nonce);
            claims["note"] = "MADE BY A TEST - NOT NVIDIA";
            return claims;
        }

        private string Sign(string claims)
        {
            var signed = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Header.ToJsonString()))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
            return $"{signed}.{(IsUnsigned ? "" : Base64Url.EncodeToString(Key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA384, Format)))}";
        }
    }
}
