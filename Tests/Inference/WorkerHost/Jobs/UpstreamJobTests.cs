using CocoonOrleans.Inference.Upstream;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Tests.Inference.Upstream;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Jobs;

/// <summary>Jobs of a worker whose model is computed by another server; a stand-in for one.</summary>
public sealed class UpstreamJobTests
{
    [Theory]
    [InlineData(UpstreamDialect.Vllm, "vllm 0.11.0")]
    [InlineData(UpstreamDialect.LlamaServer, "llama-server b6500-0123abc")]
    public async Task Job_IsAnsweredByTheServerAndCountedHere(UpstreamDialect dialect, string version)
    {
        await using StandInServer server = await StandInServer.StartAsync(dialect);
        await using RunningWorker worker = await StartAsync(server);
        WorkerRegistration registration = await worker.Tunnel.GetRegistrationAsync(default);
        Assert.Equal(("upstream", version), (registration.Engine.Kind, registration.Engine.Version));
        Assert.Equal((128, 3), (registration.Models[0].ContextTokens, registration.Models[0].Slots));

        Answer answer = await worker.AskAsync(RunningWorker.Dispatch(maxCompletionTokens: 19), RunningWorker.Chat("hi", ",\"temperature\":0"));

        Assert.Equal(("The quick brown fox", "length"), (answer.Text, answer.Final?.FinishReason));
        Assert.Equal("upstream", answer.Meta!.Engine);
        AnswerUsage usage = answer.Receipt!.Usage;
        Assert.Equal((2L, 0L, 19L), (usage.PromptTokens, usage.CachedTokens, usage.CompletionTokens));
        Assert.Equal(registration.Models[0].ManifestSha256, usage.ModelManifest.ToString());
    }

    [Fact]
    public async Task Job_LetGo_LetsTheServerGo()
    {
        await using StandInServer server = await StandInServer.StartAsync(UpstreamDialect.Vllm);
        await using RunningWorker worker = await StartAsync(server);
        server.Answer = async (context, _) =>
        {
            await StandInServer.BeginAsync(context);
            await StandInServer.SendAsync(context, StandInServer.VllmEvent([104]));
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };
        await using (SentJob _ = await worker.SendAsync())
            await Eventually.EqualAsync(1, () => server.Open, "open answers");

        await Eventually.EqualAsync(1, () => server.Abandoned, "answers that the server gave up");
        Assert.Equal(ReceiptStatus.Partial, Assert.Single(await worker.ReceiptsAsync(1)).Status);
    }

    [Fact]
    public async Task Job_ServerGone_IsARetryableErrorAndCostsNothing()
    {
        await using StandInServer server = await StandInServer.StartAsync(UpstreamDialect.Vllm);
        await using RunningWorker worker = await StartAsync(server);
        await server.DisposeAsync();

        Answer answer = await worker.AskAsync();

        Assert.Equal((JobErrorCodes.EngineFailed, true), (answer.Error?.Code, answer.Error?.Retryable));
        Assert.Empty(await worker.Tunnel.GetReceiptsAsync(default));
    }

    private static Task<RunningWorker> StartAsync(StandInServer server) => RunningWorker.StartAsync(
    [
        ("Engine", "upstream"), ("Upstream:Slots", "3"), ("Models:0:Upstream:Address", server.Address), ("Models:0:Upstream:Model", StandInServer.Model),
        ("Models:0:Upstream:Weights", "tiny@1"), ("Models:0:Upstream:ContextTokens", "128"),
    ]);
}
