using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Commands;

/// <summary><c>cocoon verify gpu --nras</c>. SIMULATED: the answer is made and signed here; none of NVIDIA's real service was at hand.</summary>
public sealed class VerifyGpuTokensTests : IDisposable
{
    private const string Issuer = "https://nras.attestation.nvidia.com";

    private static readonly DateTimeOffset Now = new(2030, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string Nonce = new('5', 64);

    private readonly TemporaryFolder _folder = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(true, 0, 0, null)]
    [InlineData(false, 0, 1, "gpu.token.result")]
    [InlineData(true, 3600, 1, "gpu.token.expired")]
    public async Task VerifyGpu_AnswerOfTheService_IsJudgedByItsCode(bool isGood, int laterSeconds, int exitCode, string? code)
    {
        var (found, verdict) = await RunAsync(Answer(isGood), Now.AddSeconds(laterSeconds), Nonce);

        Assert.Equal((exitCode, code), (found, verdict.GetProperty("code").GetString()));
        Assert.Equal(exitCode == 0 ? 1 : 0, verdict.GetProperty("devices").GetArrayLength());
    }

    [Fact]
    public async Task VerifyGpu_AnswerForAnotherNonceOrOfAnotherKey_IsRefused()
    {
        Assert.Equal("gpu.token.nonce", (await RunAsync(Answer(isGood: true), Now, new string('6', 64))).Verdict.GetProperty("code").GetString());
        var answer = Answer(isGood: true);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Equal("gpu.token.signature", (await RunAsync(answer, Now, Nonce, other)).Verdict.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("--nras")]
    [InlineData("--nras-keys")]
    public async Task VerifyGpu_HalfOfTheTwo_IsACommandLineThatIsWrong(string option)
    {
        var file = Path.Combine(_folder.Path, "x.json");
        await File.WriteAllTextAsync(file, "{}");

        var (exitCode, output, _) = await Cocoon.RunAsync("verify", "gpu", option, file, "--nonce", Nonce, "--json");

        Assert.Equal(2, exitCode);
        Assert.Contains("--nras-keys", Cocoon.Json(output).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, JsonElement Verdict)> RunAsync(string answer, DateTimeOffset at, string nonce, ECDsa? key = null)
    {
        var (bundle, keys) = (Path.Combine(_folder.Path, "answer.json"), Path.Combine(_folder.Path, "jwks.json"));
        await File.WriteAllTextAsync(bundle, answer);
        var point = (key ?? _key).ExportParameters(includePrivateParameters: false).Q;
        await File.WriteAllTextAsync(
            keys,
            JsonSerializer.Serialize(new { keys = new[] { new { kty = "EC", crv = "P-384", kid = "made-by-a-test", x = Base64Url.EncodeToString(point.X), y = Base64Url.EncodeToString(point.Y) } } }));
        var (exitCode, output, _) = await Cocoon.RunAsync(
            "verify", "gpu", "--nras", bundle, "--nras-keys", keys, "--nonce", nonce, "--at", at.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture), "--json");
        return (exitCode, Cocoon.Json(output));
    }

    private string Answer(bool isGood)
    {
        var device = Token(new()
        {
            ["measres"] = isGood ? "success" : "fail",
            ["dbgstat"] = "disabled",
            ["secboot"] = true,
            ["ueid"] = "ueid-0",
            ["hwmodel"] = "GH100 A01 GSP BROM",
            ["x-nvidia-gpu-driver-version"] = "550.90.07",
            ["x-nvidia-gpu-arch-check"] = true,
            ["x-nvidia-gpu-attestation-report-nonce-match"] = true,
            ["x-nvidia-gpu-attestation-report-signature-verified"] = true,
            ["x-nvidia-gpu-driver-rim-signature-verified"] = true,
            ["x-nvidia-gpu-vbios-rim-signature-verified"] = true,
        });
        var overall = Token(new()
        {
            ["x-nvidia-overall-att-result"] = true,
            ["submods"] = new Dictionary<string, object> { ["GPU-0"] = new object[] { "DIGEST", new[] { "SHA-256", Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(device))) } } },
        });
        return JsonSerializer.Serialize(new object[] { new[] { "JWT", overall }, new Dictionary<string, string> { ["GPU-0"] = device } });
    }

    private string Token(Dictionary<string, object> claims)
    {
        claims["iss"] = Issuer;
        claims["iat"] = Now.ToUnixTimeSeconds();
        claims["nbf"] = Now.ToUnixTimeSeconds();
        claims["exp"] = Now.AddMinutes(10).ToUnixTimeSeconds();
        claims["eat_nonce"] = Nonce;
        var text = $"{Base64Url.EncodeToString("""{"alg":"ES384","typ":"JWT","kid":"made-by-a-test"}"""u8)}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{text}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA384))}";
    }
}
