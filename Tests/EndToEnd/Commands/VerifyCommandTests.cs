using System.Text.Json;
using CocoonOrleans.Tests.Unit;

namespace CocoonOrleans.Tests.EndToEnd.Commands;

/// <summary><c>cocoon verify quote</c> on real quotes: <c>../shared/vectors/tdx</c> beside the checkout.</summary>
public sealed class VerifyCommandTests
{
    [SkippableFact]
    public async Task VerifyQuote_Genuine_IsAcceptedAndSaysThatNoImageWasChecked()
    {
        var (exitCode, verdict) = await RunAsync("phala-v4-a", "b0c06f-2025-06", "2025-06-25T00:00:00Z");

        Assert.Equal(0, exitCode);
        Assert.Equal("accept", Text(verdict, "verdict"));
        Assert.Equal("UpToDate", Text(verdict, "tcbStatus"));
        Assert.Equal(JsonValueKind.Null, verdict.GetProperty("code").ValueKind);
        Assert.Empty(verdict.GetProperty("advisories").EnumerateArray());
        Assert.Equal(96, Text(verdict.GetProperty("measurements"), "mrtd").Length);
        Assert.Equal("b260fa9168ca9f28e7f15f128a45ac31c419705b31a60feac30b322ee06bc752", Text(verdict.GetProperty("measurements"), "cocoonImageHash"));
        Assert.Equal("2025-07-19T10:00:35+00:00", Text(verdict, "validUntil"));
        Assert.False(verdict.GetProperty("imageChecked").GetBoolean());
        Assert.Equal("hardware", Text(verdict, "assurance"));
        Assert.Equal("open", Text(verdict, "tier"));
        Assert.DoesNotContain(verdict.GetProperty("checks").EnumerateArray(), check => check.GetProperty("passed").ValueKind == JsonValueKind.False);
    }

    [SkippableTheory]
    [InlineData("trustee-v4-debug", "50806f-2023-06", "2023-06-28T00:00:00Z", "td.debug", "UpToDate")]
    [InlineData("zkdcap-v4-gcp", "00806f05-2025-01", "2025-02-01T00:00:00Z", "policy.status", "OutOfDate")]
    [InlineData("sgx-v3", "sgx-00a067-2025-06", "2025-06-25T00:00:00Z", "policy.tee", "ConfigurationAndSWHardeningNeeded")]
    [InlineData("phala-v4-a", "b0c06f-2025-06", "2025-06-19T00:00:00Z", "crl.expired", null)]
    public async Task VerifyQuote_NotGoodEnough_IsRefusedByCode(string quote, string collateral, string at, string code, string? status)
    {
        var (exitCode, verdict) = await RunAsync(quote, collateral, at);

        Assert.Equal(1, exitCode);
        Assert.Equal("reject", Text(verdict, "verdict"));
        Assert.Equal(code, Text(verdict, "code"));
        Assert.Equal(status, verdict.GetProperty("tcbStatus").GetString());
    }

    [SkippableTheory]
    [InlineData("", 0, null, "tdx")]
    [InlineData("00", 1, "image.mrtd", null)]
    public async Task VerifyQuote_AgainstAnImage_SaysWhetherItRuns(string mrtdBegins, int exitCode, string? code, string? tier)
    {
        var (_, plain) = await RunAsync("phala-v4-a", "b0c06f-2025-06", "2025-06-25T00:00:00Z");
        var td = plain.GetProperty("measurements");
        using var folder = new Networks.TemporaryFolder();
        var image = System.IO.Path.Combine(folder.Path, "image.json");
        await File.WriteAllTextAsync(image, $$"""
            {"sourceCommit":"0","buildRecipe":"none","tier":"tdx","mrtd":"{{mrtdBegins}}{{Text(td, "mrtd")[mrtdBegins.Length..]}}","shapes":[{"name":"this one","rtmr0":"{{Text(td, "rtmr0")}}"}],
            "rtmr1":"{{Text(td, "rtmr1")}}","rtmr2":"{{Text(td, "rtmr2")}}","tdattributes":"{{Text(td, "tdAttributes")}}","xfam":"{{Text(td, "xfam")}}"}
            """);

        var (found, verdict) = await RunAsync("phala-v4-a", "b0c06f-2025-06", "2025-06-25T00:00:00Z", "--image", image);

        Assert.Equal(exitCode, found);
        Assert.Equal(code, verdict.GetProperty("code").GetString());
        Assert.Equal(tier, verdict.GetProperty("tier").GetString());
        Assert.Equal(exitCode == 0, verdict.GetProperty("imageChecked").GetBoolean());
    }

    [SkippableFact]
    public async Task VerifyQuote_ForPeople_SaysEachCheckInWords()
    {
        var (exitCode, output, error) = await Cocoon.RunAsync(
            "verify", "quote", Path("quotes/trustee-v4-debug.bin"), "--collateral", Path("collateral/50806f-2023-06.json"), "--at", "2023-06-28T00:00:00Z");

        Assert.True(exitCode == 1, error);
        Assert.Contains("ok  that key signed the quote", output, StringComparison.Ordinal);
        Assert.Contains("no  in TDATTRIBUTES bits 0 to 7 (debug, profiling) were expected to be clear", output, StringComparison.Ordinal);
        Assert.Contains("--  not reached", output, StringComparison.Ordinal);
        Assert.Contains("Refused at 2023-06-28", output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task VerifyQuote_CollateralIsAQuote_IsRefusedAsCollateral()
    {
        var quote = Path("quotes/phala-v4-a.bin");

        var (exitCode, output, _) = await Cocoon.RunAsync("verify", "quote", quote, "--collateral", quote, "--json");

        Assert.Equal(1, exitCode);
        Assert.Equal("collateral.format", Text(Cocoon.Json(output), "code"));
    }

    [SkippableTheory]
    [InlineData(true, 0, null)]
    [InlineData(false, 1, "gpu.nonce")]
    public async Task VerifyGpu_RealReport_IsAcceptedForItsNonceAlone(bool isItsNonce, int expected, string? code)
    {
        var report = Convert.FromHexString((await File.ReadAllTextAsync(Path("gpu/h100-report-a.hex"))).Trim());
        using var folder = new Networks.TemporaryFolder();
        var file = System.IO.Path.Combine(folder.Path, "report.bin");
        await File.WriteAllBytesAsync(file, report);
        var nonce = isItsNonce ? Convert.ToHexString(report.AsSpan(4, 32)) : new string('0', 64);

        var (exitCode, output, error) = await Cocoon.RunAsync("verify", "gpu", file, "--chain", Path("gpu/h100-chain-a.pem"), "--nonce", nonce, "--at", "2025-06-25T00:00:00Z", "--json");

        Assert.True(exitCode == expected, error);
        Assert.Equal(code, Cocoon.Json(output).GetProperty("code").GetString());
        Assert.Equal("550.90.07", Text(Cocoon.Json(output), "driverVersion"));
    }

    [SkippableFact]
    public async Task VerifyGpu_ServiceThatIsAway_SaysWhatToDo()
    {
        using var folder = new Networks.TemporaryFolder();
        var file = System.IO.Path.Combine(folder.Path, "report.bin");
        await File.WriteAllBytesAsync(file, Convert.FromHexString((await File.ReadAllTextAsync(Path("gpu/h100-report-a.hex"))).Trim()));

        var (exitCode, output, _) = await Cocoon.RunAsync(
            "verify", "gpu", file, "--chain", Path("gpu/h100-chain-a.pem"), "--nonce", new string('0', 64), "--fetch", "--rim-service", "http://127.0.0.1:1/v1/rim", "--ocsp-service", "http://127.0.0.1:1/");

        Assert.Equal(1, exitCode);
        Assert.Contains("gpu.rim.missing", output, StringComparison.Ordinal);
        Assert.Contains("--rim", output, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, JsonElement Verdict)> RunAsync(string quote, string collateral, string at, params string[] more)
    {
        var (exitCode, output, _) = await Cocoon.RunAsync(
            ["verify", "quote", Path($"quotes/{quote}.bin"), "--collateral", Path($"collateral/{collateral}.json"), "--at", at, "--json", .. more]);
        return (exitCode, Cocoon.Json(output));
    }

    private static string Path(string name)
    {
        var path = System.IO.Path.Combine(Repository.Root, "..", "shared", "vectors", "tdx", name);
        Skip.IfNot(File.Exists(path), "shared/vectors/tdx is not beside this checkout: no real quote was verified");
        return path;
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
