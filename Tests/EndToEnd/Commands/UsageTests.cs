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
    public async Task Help_EachCommand_ExplainsItself(params string[] command)
    {
        var (exitCode, output, _) = await Cocoon.RunAsync([.. command, "--help"]);

        Assert.Equal(0, exitCode);
        Assert.Contains($"cocoon {string.Join(' ', command)}", output, StringComparison.Ordinal);
        Assert.Contains("--json", output, StringComparison.Ordinal);
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
        Assert.All(findings, finding => Assert.True(
            finding.GetProperty("status").GetString() == "ok" || finding.GetProperty("fix").GetString() is { Length: > 0 }));
    }
}
