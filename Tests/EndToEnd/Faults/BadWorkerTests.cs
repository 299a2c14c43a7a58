using CocoonOrleans.Cli.Chat;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Tests.EndToEnd.StockClients;

namespace CocoonOrleans.Tests.EndToEnd.Faults;

[Collection(ScriptedNetwork.Collection)]
public sealed class BadWorkerTests(ScriptedNetwork fixture)
{
    [Fact]
    public async Task Ask_FirstWorkerFailsBeforeTheFirstToken_TheNextOneAnswersAndIsPaid()
    {
        await fixture.Network.RestedAsync();
        var account = await fixture.Network.CreateAccountAsync();

        var answer = await fixture.Network.AskAsync(Script.FailsAtOnce, account.ApiKey);

        Assert.Equal(Script.SecondAnswer, answer.Text);
        Assert.Equal(fixture.Network.Processes.Topology.Workers[1].Id, answer.Worker);
        var job = Assert.Single(await fixture.Network.SettledAsync(account.Account.AccountId));
        Assert.Equal(answer.Cost, job.Captured);
        Assert.Equal(answer.Worker, job.WorkerId);
    }

    [Fact]
    public async Task Ask_WorkerFailsMidAnswer_ErrorEventAndOnlyWhatWasDeliveredIsCharged()
    {
        var account = await fixture.Network.CreateAccountAsync();
        var pieces = 0;

        var refusal = await Assert.ThrowsAsync<ChatRefusedException>(() => fixture.Network.AskAsync(Script.FailsMidway, account.ApiKey, _ => pieces++));

        Assert.Equal("provider_failed", refusal.Code);
        Assert.InRange(pieces, 1, Script.TokensBeforeFailure);
        var job = Assert.Single(await fixture.Network.SettledAsync(account.Account.AccountId));
        Assert.Equal("captured", job.State);
        Assert.InRange(job.CompletionTokens, pieces, Script.TokensBeforeFailure);
        Assert.Equal(account.Account.Balance - job.Captured, fixture.Network.Ledger.Balance(account.Account.AccountId));
    }

    [SkippableFact]
    public async Task Ask_WorkerFailsMidAnswer_OpenAiNodeThrows()
    {
        var seen = await NodeClient.RunAsync("broken-stream.mjs", new Uri(fixture.Network.Url, "/v1").ToString(), fixture.Network.Key, fixture.Network.Model, Script.FailsMidway);

        Assert.True(seen.GetProperty("thrown").GetBoolean());
        Assert.True(seen.GetProperty("isApiError").GetBoolean());
        Assert.Equal("provider_failed", seen.GetProperty("code").GetString());
        Assert.NotEqual("", seen.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Ask_WorkerSaysGarbage_StreamIsWellFormedAndEndsAtTheLimit()
    {
        var account = await fixture.Network.CreateAccountAsync();

        var answer = await fixture.Network.AskAsync(Script.Garbage, account.ApiKey, maxTokens: 32);

        Assert.Equal("length", answer.FinishReason);
        Assert.Equal(32, answer.CompletionTokens);
        Assert.Equal(answer.Cost, Assert.Single(await fixture.Network.SettledAsync(account.Account.AccountId)).Captured);
    }
}
