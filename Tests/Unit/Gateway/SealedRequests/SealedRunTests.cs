using System.Text;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.SealedRequests;
using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Unit.Gateway.Dispatch;
using CocoonOrleans.Tests.Unit.Tunnel;
using CocoonOrleans.Tunnel.Messages;
using Microsoft.AspNetCore.Http;

namespace CocoonOrleans.Tests.Unit.Gateway.SealedRequests;

/// <summary>What a gateway makes of answers that it can't read, and what is paid for them.</summary>
public sealed class SealedRunTests : IAsyncDisposable
{
    private const string Prompt = "quillfeather";

    private readonly MemoryStream _passedOn = new();
    private readonly DefaultHttpContext _http = new();
    private JobRunnerBench _bench = null!;
    private SealedRequest? _request;

    public SealedRunTests() => _http.Response.Body = _passedOn;

    public ValueTask DisposeAsync()
    {
        _request?.Dispose();
        return _bench.DisposeAsync();
    }

    [Fact]
    public async Task Run_GoodAnswer_PassesOnWhatTheClientCanOpenAndChargesTheReceipt()
    {
        var result = await RunAsync(async reply =>
        {
            await reply.BeginAsync();
            await reply.TextAsync("abcd");
            await reply.FinishAsync();
            _bench.Keep(await reply.KeptFinalAsync(4));
        });

        var answer = Assert.IsType<JobAnswer>(result);
        Assert.NotNull(await answer.Charge);
        var completion = Assert.Single(_bench.Cluster.Jobs.Completions);
        Assert.Equal((CompletionStatus.Complete, new TokenUsage(JobRunnerBench.PromptTokens, 0, 4)), (completion.Status, completion.Reported));
        Assert.Equal(SealedHttp.MediaType, _http.Response.ContentType);
        Assert.True(SealedHttp.TryRead(_http.Response.Headers[SealedHttp.PricesHeader], out var prices));
        Assert.Equal(completion.Price.Completion.Value, prices.CompletionNanoPerMillionTokens);
        Assert.Contains("abcd", Opened(out var receipt), StringComparison.Ordinal);
        Assert.Equal(prices.Hash(), receipt);
        Assert.Single(_bench.Acknowledged);
    }

    [Fact]
    public async Task Run_ReceiptSaysMoreThanTheHoldPaysFor_IsBoundByIt()
    {
        var result = await RunAsync(async reply =>
        {
            await reply.BeginAsync();
            _bench.Keep(await reply.KeptFinalAsync(1_000_000));
        });

        await Assert.IsType<JobAnswer>(result).Charge;
        Assert.Equal(100, Assert.Single(_bench.Cluster.Jobs.Completions).Reported.Completion);
    }

    [Fact]
    public async Task Run_WorkerFailsWithoutReceipt_ClientHasTheErrorAndTheHoldIsGivenBack()
    {
        var result = await RunAsync(reply => reply.FailAsync("context_length_exceeded"));

        Assert.IsType<JobFailure>(result);
        AssertAbandoned();
        Assert.True(_passedOn.Length > 0);
    }

    [Fact]
    public async Task Run_StreamBreaks_NothingIsCharged()
    {
        var result = await RunAsync(async reply =>
        {
            await reply.BeginAsync();
            await reply.TextAsync("abc");
            reply.Break();
        });

        Assert.Equal(ErrorKinds.ProviderFailed, Assert.IsType<JobFailure>(result).Error.Kind);
        AssertAbandoned();
    }

    [Fact]
    public async Task Run_FirstWorkerRefuses_AnotherOneOfTheRequestAnswers()
    {
        var result = await RunAsync(
            reply => reply.Sealed.RefuseAsync(JobErrorCodes.Draining),
            async reply =>
            {
                await reply.BeginAsync();
                await reply.TextAsync("abcd");
                await reply.FinishAsync();
                _bench.Keep(await reply.KeptFinalAsync(4));
            });

        Assert.Equal(_bench.WorkerId(1), Assert.IsType<JobAnswer>(result).Worker.WorkerId);
        Assert.Contains("abcd", Opened(out _), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RequestNamesNoWorkerThatOffers_IsRefusedAndGivenBack()
    {
        _bench = await JobRunnerBench.StartAsync(reply => reply.AnswerAsync("never"));
        var job = _bench.Job(Seal()) with { Workers = new Dictionary<string, BoundStatement> { ["nobody"] = _bench.Sealed(0).Statement } };

        var result = await _bench.Runner.RunAsync(job, new SealedAnswer(_http), CancellationToken.None).WaitAsync(TestGateway.Deadline);

        Assert.Equal(ErrorKinds.NoCapacity, Assert.IsType<JobFailure>(result).Error.Kind);
        AssertAbandoned();
    }

    private async Task<JobResult> RunAsync(params Func<WorkerReply, Task>[] workers)
    {
        _bench = await JobRunnerBench.StartAsync(workers);
        return await _bench.Runner.RunAsync(_bench.Job(Seal(workers.Length)), new SealedAnswer(_http), CancellationToken.None).WaitAsync(TestGateway.Deadline);
    }

    private SealedRequest Seal(int workers = 1)
    {
        var now = TimeProvider.System.GetUtcNow();
        var terms = new RequestTerms { RequestId = Guid.CreateVersion7(now), Model = "house", HoldLimitNano = 1_000_000, Expires = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds() + 60) };
        Assert.True(new RequestSealer(TimeProvider.System).TrySeal(
            terms, new RequestMeta("POST", "/v1/chat/completions", "application/json"), Encoding.UTF8.GetBytes(Prompt),
            [.. Enumerable.Range(0, workers).Select(number => _bench.Sealed(number).Statement)], out _request, out _));
        return _request;
    }

    /// <summary>The answer's text, as the client opens it, and the hash of the receipt's prices.</summary>
    private string Opened(out Digest prices)
    {
        using var opener = _request!.OpenAnswer();
        var bytes = new System.Buffers.ReadOnlySequence<byte>(_passedOn.ToArray());
        var text = "";
        while (opener.TryRead(ref bytes, out var record))
        {
            text += Encoding.UTF8.GetString(record.Data.Span);
        }

        Assert.Equal(SealingFault.None, opener.Complete());
        Assert.Equal(CocoonOrleans.Sealing.Receipts.ReceiptFault.None, opener.CheckReceipt(out var receipt));
        prices = receipt!.Usage.Prices;
        return text;
    }

    private void AssertAbandoned()
    {
        Assert.Empty(_bench.Cluster.Jobs.Completions);
        Assert.Single(_bench.Cluster.Jobs.Abandonments);
    }
}
