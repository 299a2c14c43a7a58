using CocoonOrleans.Cli.Chat;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Attestation;

/// <summary>Intel's service and the quoting machine die under a running network, and come back.</summary>
public sealed class IssuerDeathTests
{
    private static readonly (string When, string Answer)[] Answers = [("", Script.PlainAnswer)];
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(180);

    /// <summary>The documents hold for 20 s, so that the end of what is known of the worker does not take its ten minutes.</summary>
    [Fact]
    public async Task Issuer_DiesAndComesBack_WorkersServeUntilTheirEvidenceEndsThenNoneThenAgain()
    {
        await using TestNetwork network = await TestNetwork.StartAsync(async options => await Script.InAllWorkersAsync(options, Answers) with
        {
            Workers = 1,
            SimulatedTdx = ["--Simulated:CollateralLife=00:00:20"],
        });
        SupervisedProcess issuer = network.Processes.Issuer!;
        SupervisedProcess worker = network.Processes.Workers[0];

        // As long as it lives, what stands behind the worker is judged anew before it ends.
        DateTimeOffset? first = await EvidenceEndAsync(network);
        await Eventually.SeeAsync("evidence that ends later", () => EvidenceEndAsync(network), end => end > first, Deadline);

        issuer.Current.Kill();
        await issuer.Current.Exited;
        Assert.Equal("stop", (await network.AskAsync("hello")).FinishReason);

        await Eventually.SeeAsync("no worker any more", () => SeenAsync(network), seen => seen == "no_capacity", Deadline);
        await LogSaysAsync(network, "gateway.log", "collateral.unavailable");

        // A worker that starts now can't say what it is, and waits.
        Assert.True(await worker.StopAsync(TimeSpan.FromSeconds(30)));
        Task starting = worker.StartAsync(CancellationToken.None);
        await LogSaysAsync(network, "worker-1.log", "can't be measured");
        Assert.False(starting.IsCompleted);

        await issuer.StartAsync(CancellationToken.None);
        await starting;
        await Eventually.SeeAsync("the network serves again", () => SeenAsync(network), seen => seen == "served", Deadline);
        Assert.Equal("simulated", (await network.AskAsync("hello")).Provider?.Tier);
    }

    private static async Task<DateTimeOffset?> EvidenceEndAsync(TestNetwork network) => Assert.Single(await network.Admin.WorkersAsync(CancellationToken.None)).EvidenceValidUntil;

    private static async Task<string> SeenAsync(TestNetwork network)
    {
        try
        {
            await network.AskAsync("hello");
            return "served";
        }
        catch (ChatRefusedException refused)
        {
            return refused.Code ?? "an error without a code";
        }
    }

    private static Task LogSaysAsync(TestNetwork network, string log, string words) => Eventually.SeeAsync(
        $"{words} in {log}",
        async () =>
        {
            using var reader = new StreamReader(new FileStream(Path.Combine(network.Data.Logs, log), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return await reader.ReadToEndAsync();
        },
        text => text.Contains(words, StringComparison.Ordinal),
        Deadline);
}
