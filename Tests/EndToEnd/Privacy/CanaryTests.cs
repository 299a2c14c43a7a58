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
}
