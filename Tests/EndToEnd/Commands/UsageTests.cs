namespace CocoonOrleans.Tests.EndToEnd.Commands;

/// <summary>What every command has in common.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("no-such-command")]
    [InlineData("up", "--port", "99999")]
    [InlineData("up", "--workers", "0")]
    [InlineData("chat", "hello", "--gateway", "not a url")]
    [InlineData("chat")]
    [InlineData("test", "--no-such-option")]
    [InlineData("chat", "-x")]
    [InlineData("up", "--port", "many")]
    [InlineData("demo", "--seed", "-1")]
    [InlineData("account")]
    [InlineData("verify")]
    [InlineData("verify", "quote")]
    [InlineData("verify", "quote", "/no/such/quote.bin", "--collateral", "/no/such/set.json")]
    [InlineData("verify", "quote", "/etc/hostname", "--collateral", "/etc/hostname", "--at", "yesterday")]
    [InlineData("verify", "gpu", "/etc/hostname", "--chain", "/etc/hostname")]
    [InlineData("verify", "receipt")]
    [InlineData("verify", "receipt", "/no/such/receipt.json")]
    [InlineData("verify", "receipt", "/etc/hostname", "--model", "12")]
    [InlineData("verify", "gpu", "/etc/hostname", "--chain", "/etc/hostname", "--nonce", "12")]
    [InlineData("verify", "gpu", "/etc/hostname", "--chain", "/etc/hostname", "--statement", "/etc/hostname", "--fetch", "--rim", "/etc/hostname")]
    [InlineData("verify", "gpu", "/etc/hostname", "--chain", "/etc/hostname", "--statement", "/etc/hostname", "--rim-service", "ftp://127.0.0.1/")]
    public async Task Run_WrongCommandLine_IsBadUsageAndOneJsonObject(params string[] arguments)
    {
        var (exitCode, output, _) = await Cocoon.RunAsync([.. arguments, "--json"]);

        Assert.Equal(2, exitCode);
        Assert.NotEqual("", Cocoon.Json(output).GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("up")]
    [InlineData("demo")]
    [InlineData("chat")]
    [InlineData("test")]
    [InlineData("doctor")]
    [InlineData("account", "create")]
    [InlineData("account", "show")]
    [InlineData("model", "list")]
    [InlineData("model", "hash")]
    [InlineData("model", "export-gguf")]
    [InlineData("verify", "quote")]
    [InlineData("verify", "gpu")]
    [InlineData("bench", "attestation")]
    [InlineData("key", "create")]
    public async Task Help_EachCommand_ExplainsItself(params string[] command)
    {
        var (exitCode, output, _) = await Cocoon.RunAsync([.. command, "--help"]);

        Assert.Equal(0, exitCode);
        Assert.Contains($"cocoon {string.Join(' ', command)}", output, StringComparison.Ordinal);
        Assert.Contains("--json", output, StringComparison.Ordinal);
        Assert.Contains("Exit codes:", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@nobody: how are you?")]
    [InlineData("-5 plus 3?")]
    [InlineData("--", "--what-is-this")]
    public async Task Chat_TextThatLooksLikeAnOption_IsText(params string[] text)
    {
        var (exitCode, output, _) = await Cocoon.RunAsync(["chat", "--json", "--key", "k", "--gateway", "http://127.0.0.1:1", .. text]);

        Assert.Equal(1, exitCode);
        Assert.Contains("can't be reached", Cocoon.Json(output).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_DataFolderThatIsAFile_SaysSoAndShowsNoStackTrace()
    {
        using var folder = new Networks.TemporaryFolder();
        var file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "");

        var (exitCode, output, error) = await Cocoon.RunAsync("up", "--data", file, "--json");

        Assert.Equal(1, exitCode);
        Assert.Contains(file, Cocoon.Json(output).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_NoNetworkRuns_SaysHowToStartOne()
    {
        using var empty = new Networks.TemporaryFolder();

        var (exitCode, output, error) = await Cocoon.RunAsync("chat", "hello", "--data", empty.Path, "--json");

        Assert.Equal(1, exitCode);
        Assert.Contains("./cocoon up", Cocoon.Json(output).GetProperty("fix").GetString(), StringComparison.Ordinal);
        Assert.Contains("./cocoon up", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_ThisMachine_NamesEachFindingWithAFixWhereItIsNotWell()
    {
        var (_, output, _) = await Cocoon.RunAsync("doctor", "--json");

        var findings = Cocoon.Json(output).GetProperty("findings").EnumerateArray().ToArray();
        Assert.Contains(findings, finding => finding.GetProperty("name").GetString() == "libtorch");
        Assert.Contains(findings, finding => finding.GetProperty("name").GetString() == "gpu");
        Assert.All(findings, finding => Assert.True(
            finding.GetProperty("status").GetString() == "ok" || finding.GetProperty("fix").GetString() is { Length: > 0 }));
    }
}
