using CocoonOrleans.Market;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Load;

[Collection(RunningNetwork.Collection)]
public sealed class ConcurrentStreamsTests(RunningNetwork network)
{
    private const int Streams = 50;
    private const int MaxTokens = 64;

    // To words that are one letter forty times the house model never finds an end.
    private static readonly string[] Endless = [.. "cgvxz".Select(letter => $"Spell {new string(letter, 40)}")];

    [Fact]
    public async Task Ask_FiftyStreamsOf64TokensAtOnce_AllEndAndBalancesAreExact()
    {
        var account = await network.CreateAccountAsync();
        var id = account.Account.AccountId;

        var answers = await Task.WhenAll(Enumerable.Range(0, Streams).Select(
            number => network.Network.AskAsync(Endless[number % Endless.Length], account.ApiKey, maxTokens: MaxTokens)));

        Assert.All(answers, answer => Assert.Equal(("length", MaxTokens), (answer.FinishReason, answer.CompletionTokens)));
        var jobs = await network.Network.SettledAsync(id);
        Assert.Equal(Streams, jobs.Count);
        Assert.All(jobs, job => Assert.Equal("captured", job.State));
        Assert.Equal(answers.Sum(answer => answer.CompletionTokens), jobs.Sum(job => job.CompletionTokens));
        Assert.Equal(answers.Sum(answer => answer.PromptTokens), jobs.Sum(job => job.PromptTokens));
        var charged = new Nano(jobs.Sum(job => job.Captured.Value));
        Assert.Equal(charged, new Nano(answers.Sum(answer => answer.Cost!.Value.Value)));
        Assert.Equal(account.Account.Balance - charged, network.Network.Ledger.Balance(id));
        var shown = await network.Network.Admin.FindAccountAsync(id, CancellationToken.None);
        Assert.Equal(network.Network.Ledger.Balance(id), shown!.Balance);
        Assert.Equal(Nano.Zero, shown.Held);
    }
}
