using CocoonOrleans.Cli.Chat;
using CocoonOrleans.Inference.Upstream;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Tests.Inference.Upstream;

namespace CocoonOrleans.Tests.EndToEnd.Upstream;

/// <summary>A network whose worker lets another server compute: our own engine behind vLLM's API.</summary>
public sealed class UpstreamNetworkTests
{
    private const string Weights = "house@1";

    [Fact]
    public async Task Chat_ComputedByAnotherServer_IsAnsweredPaidAndRefusedOnceThatIsGone()
    {
        var folder = CocoonOrleans.Cli.Models.HouseModelFolder.Path(CocoonOrleans.Cli.Processes.BuiltArtifacts.Find());
        await using var server = await OwnEngineServer.StartAsync(folder);
        var manifest = UpstreamFolder.Read(folder, Weights).Manifest.Sha256;
        await using var network = await TestNetwork.StartAsync(options => Task.FromResult(options with
        {
            Workers = 1,
            SiloSettings = [$"--Catalog:Models:0:ManifestSha256={manifest}"],
            WorkerSettings = new Dictionary<int, IReadOnlyList<string>>
            {
                [0] =
                [
                    "--Worker:Engine=upstream", $"--Worker:Models:0:ManifestSha256={manifest}", $"--Worker:Models:0:Upstream:Address={server.Address}",
                    $"--Worker:Models:0:Upstream:Model={OwnEngineServer.Model}", $"--Worker:Models:0:Upstream:Weights={Weights}",
                ],
            },
        }));
        var account = await network.CreateAccountAsync();

        var answer = await network.AskAsync("What is 23 + 58?", account.ApiKey);

        Assert.Equal(("upstream", "stop"), (answer.Engine, answer.FinishReason));
        Assert.Contains("81", answer.Text, StringComparison.Ordinal);
        var job = Assert.Single(await network.SettledAsync(account.Account.AccountId));
        Assert.Equal(("captured", answer.CompletionTokens), (job.State, job.CompletionTokens));
        Assert.True(job.Captured.Value > 0);

        await server.DisposeAsync();
        var refusal = await Assert.ThrowsAsync<ChatRefusedException>(() => network.AskAsync("What is 23 + 58?", account.ApiKey));
        Assert.Contains(refusal.Code, (string[])["provider_failed", "no_capacity"]);
        Assert.Equal(account.Account.Balance.Value - job.Captured.Value, network.Ledger.Balance(account.Account.AccountId).Value);
    }
}
