using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Privacy;

[Collection(RunningNetwork.Collection)]
public sealed class CanaryTests(RunningNetwork network)
{
    [Fact]
    public async Task Ask_TextAndKeyThatOccurNowhereElse_AreInNoTraceAfterwards()
    {
        const string canary = "zebraquartz-7714-vexillum";
        var account = await network.CreateAccountAsync();
        await network.Network.AskAsync($"Say {canary} please.", account.ApiKey, maxTokens: 16);
        await network.Network.SettledAsync(account.Account.AccountId);

        Assert.Empty(Traces.Of(network.Network, canary, account.ApiKey));
    }

    /// <summary>The search works: a text that a log holds is found, in it and nowhere else.</summary>
    [Fact]
    public async Task Traces_TextInALog_IsFound()
    {
        const string canary = "amaranth-8865-gecko";
        var log = Assert.Single(Directory.GetFiles(network.Network.Data.Path, "gateway.log", SearchOption.AllDirectories));
        await using (var file = new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"control {canary}\n"));
        }

        var found = Assert.Single(Traces.Of(network.Network, canary));

        Assert.Equal($"{canary} in {log}", found);
    }
}
