using CocoonOrleans.Tests.EndToEnd.Commands;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Faults;

[Collection(ScriptedNetwork.Collection)]
public sealed class ServerDeathTests(ScriptedNetwork fixture)
{
    [Fact]
    public async Task Kill_SiloWhileTokensFlow_StreamEndsWellAndIsChargedOnceAfterTheRestart()
    {
        var network = fixture.Network;
        var account = await network.CreateAccountAsync();
        var stream = new OpenStream(network, Script.Slow, account.ApiKey);
        await stream.FlowsAsync();

        network.Processes.Silo.Current.Kill();
        var answer = await stream.Answer;
        await network.Processes.Silo.StartAsync(CancellationToken.None);

        Assert.Equal("length", answer.FinishReason);
        var job = Assert.Single(await network.SettledAsync(account.Account.AccountId));
        Assert.Equal("captured", job.State);
        Assert.Equal(answer.CompletionTokens, job.CompletionTokens);
        Assert.Equal(1, network.Ledger.Charges(account.Account.AccountId));
        await network.ServesAgainAsync();
    }

    [Fact]
    public async Task Kill_GatewayMidStream_WorkersReportIsBookedOnceByTheNextGateway()
    {
        var network = fixture.Network;
        var account = await network.CreateAccountAsync();
        var stream = new OpenStream(network, Script.Slow, account.ApiKey);
        await stream.FlowsAsync();

        network.Processes.Gateway.Current.Kill();
        await Assert.ThrowsAnyAsync<Exception>(() => stream.Answer);
        await network.Processes.Gateway.StartAsync(CancellationToken.None);

        var job = Assert.Single(await network.SettledAsync(account.Account.AccountId));
        Assert.Equal("captured", job.State);
        Assert.InRange(job.CompletionTokens, stream.Pieces, 120);
        Assert.Equal(1, network.Ledger.Charges(account.Account.AccountId));
        await network.ServesAgainAsync();
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("gateway")]
    [InlineData("worker-2")]
    public async Task Terminate_WhileItsInputIsOpen_StopsByItselfAndComesBack(string name)
    {
        var network = fixture.Network;
        var process = network.Processes.Processes.Single(process => process.Name == name);

        await Signals.TerminateAsync(process.Current.Id);

        // The hosts' own limit is 30 s: who waits for a read that can't be cancelled ends only then.
        Assert.Equal(0, await process.Current.Exited.WaitAsync(TimeSpan.FromSeconds(25), TimeProvider.System));
        await process.StartAsync(CancellationToken.None);
        await network.ServesAgainAsync();
    }
}
