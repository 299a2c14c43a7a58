using CocoonOrleans.Sealing;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Faults;

/// <summary>What a running gateway makes of the statements with which a worker's epochs begin.</summary>
[Collection(ScriptedNetwork.Collection)]
public sealed class StatementTests(ScriptedNetwork fixture)
{
    [Fact]
    public async Task Worker_BeginsAnEpoch_TheNextJobIsSealedToItsStatement()
    {
        var network = fixture.Network;
        Digest sealedTo = default;
        await using var worker = await HostileWorker.JoinAsync(network, fixture.TakeStranger(), async job =>
        {
            sealedTo = job.StatementHash;
            await job.BeginAsync("well");
            await job.FinishAsync();
            await job.FinalAsync();
        });
        var first = worker.Statement;
        Assert.Equal(first.Hash.ToString(), (await network.AskAsync("hello")).Provider?.StatementHash);
        Assert.Equal(first.Hash, sealedTo);

        var second = worker.Renew();

        var answer = await Eventually.SeeAsync(
            "a job under the second statement", () => network.AskAsync("hello"), answer => answer.Provider?.StatementHash == second.Hash.ToString(), TimeSpan.FromSeconds(60));
        Assert.Equal(second.Hash, sealedTo);
        Assert.True(answer.Provider?.ReceiptVerified);
    }

    [Fact]
    public async Task Worker_StatesWhatCanNotBe_IsSentAwayAndTheOthersAnswer()
    {
        var network = fixture.Network;
        await using var worker = await HostileWorker.JoinAsync(network, fixture.TakeStranger(), job => job.BeginAsync("never"));

        worker.Renew(statement => statement with { NetworkId = "other" });

        await network.OffersAsync(network.Processes.Workers.Count);
        Assert.Equal(Script.PlainAnswer, (await network.AskAsync("hello")).Text);
        Assert.Equal(0, worker.Jobs);
    }
}
