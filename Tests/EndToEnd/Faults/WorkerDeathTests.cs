using CocoonOrleans.Cli.Chat;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Faults;

[Collection(ScriptedNetwork.Collection)]
public sealed class WorkerDeathTests(ScriptedNetwork fixture)
{
    private const int Streams = 24; // More than one worker's slots: both are busy, and some wait.

    [Fact]
    public async Task Kill_OneOfTwoWorkersUnderLoad_EveryChargeIsInTheBookOnce()
    {
        var network = fixture.Network;
        var account = await network.CreateAccountAsync();
        var id = account.Account.AccountId;
        var streams = Enumerable.Range(0, Streams).Select(_ => new OpenStream(network, Script.Slow, account.ApiKey, maxTokens: 60)).ToArray();
        await Eventually.SeeAsync("text flows on several streams", () => streams.Count(stream => stream.Pieces > 2), flowing => flowing >= 20, TimeSpan.FromSeconds(30));

        network.Processes.Workers[0].Current.Kill();

        List<ChatAnswer> answers = [];
        var broken = 0;
        foreach (var stream in streams)
        {
            try
            {
                answers.Add(await stream.Answer);
            }
            catch (ChatRefusedException refusal)
            {
                Assert.Equal("provider_failed", refusal.Code);
                broken++;
            }
        }

        await network.Processes.Workers[0].StartAsync(CancellationToken.None);
        var jobs = await network.SettledAsync(id);
        Assert.InRange(broken, 1, 16); // At most the dead worker's slots.
        Assert.Equal(Streams, jobs.Count);
        Assert.All(answers, answer =>
        {
            var job = Assert.Single(jobs, job => job.JobId == answer.JobId);
            Assert.Equal("captured", job.State);
            Assert.Equal(answer.CompletionTokens, job.CompletionTokens);
        });
        Assert.Equal(jobs.Count(job => job.Captured.Value > 0), network.Ledger.Charges(id));
        Assert.Equal(account.Account.Balance.Value - jobs.Sum(job => job.Captured.Value), network.Ledger.Balance(id).Value);
    }
}
