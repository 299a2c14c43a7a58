using System.Text;
using CocoonOrleans.Cli.Chat;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Privacy;

/// <summary>What goes wrong is logged: but never with what was asked, answered or shown as a key.</summary>
[Collection(ScriptedNetwork.Collection)]
public sealed class FaultCanaryTests(ScriptedNetwork fixture)
{
    private const string Canary = "heliotrope-2209-marmot";

    [Fact]
    public async Task Ask_AnswersThatFail_LeaveNoTraceOfPromptAnswerAndKey()
    {
        var network = fixture.Network;
        var account = await network.CreateAccountAsync();
        using var leaving = new CancellationTokenSource();
        await Assert.ThrowsAsync<ChatRefusedException>(() => network.AskAsync($"{Script.FailsMidway} {Canary}", account.ApiKey));
        var stream = new OpenStream(network, $"{Script.Slow} {Canary}", account.ApiKey, leaving: leaving.Token);
        await stream.FlowsAsync();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.Answer);
        await network.SettledAsync(account.Account.AccountId);

        // The script itself is on the workers' command line, so its words are looked for in the files.
        Assert.Empty(Traces.Of(network, Canary, account.ApiKey));
        Assert.DoesNotContain(Traces.Of(network, Script.Verse), trace => !trace.Contains("/proc/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"model":"CANARY","messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData("""{"model":"MODEL","messages":[{"role":"CANARY","content":"hi"}]}""")]
    [InlineData("""{"model":"MODEL","messages":[{"role":"user","content":"CANARY"}],"temperature":"CANARY"}""")]
    [InlineData("""{"model":"MODEL","messages":[{"role":"user","content":"CANARY"}],"CANARY":1""")]
    public async Task Post_BadBody_LeavesNoTraceOfIt(string body)
    {
        var network = fixture.Network;
        using var http = network.OpenHttp();
        using var content = new StringContent(
            body.Replace("CANARY", Canary, StringComparison.Ordinal).Replace("MODEL", network.Model, StringComparison.Ordinal), Encoding.UTF8, "application/json");

        using var response = await http.PostAsync("/v1/chat/completions", content);

        Assert.False(response.IsSuccessStatusCode);
        Assert.Empty(Traces.Of(network, Canary));
    }

    [Fact]
    public async Task Post_WrongKey_LeavesNoTraceOfIt()
    {
        var network = fixture.Network;
        using var http = network.OpenHttp($"ck_dev.{Canary}");

        using var response = await http.GetAsync("/v1/models");

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Empty(Traces.Of(network, Canary));
    }
}
