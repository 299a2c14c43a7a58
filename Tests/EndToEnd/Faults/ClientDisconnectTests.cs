using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Faults;

[Collection(ScriptedNetwork.Collection)]
public sealed class ClientDisconnectTests(ScriptedNetwork fixture)
{
    private const int Asked = 400;

    [Fact]
    public async Task Leave_MidStream_WorkerStopsAndGeneratedTokensAreCharged()
    {
        var account = await fixture.Network.CreateAccountAsync();
        using var leaving = new CancellationTokenSource();
        var stream = new OpenStream(fixture.Network, Script.Slow, account.ApiKey, Asked, leaving.Token);
        await stream.FlowsAsync();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.Answer);
        var job = Assert.Single(await fixture.Network.SettledAsync(account.Account.AccountId));
        Assert.Equal("captured", job.State);
        Assert.Equal("cancelled", job.Status);
        Assert.InRange(job.CompletionTokens, stream.Pieces, Asked / 4); // The whole answer would take another nineteen seconds.
        Assert.Equal(account.Account.Balance - job.Captured, fixture.Network.Ledger.Balance(account.Account.AccountId));
    }
}
