using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using CocoonOrleans.Gateway.Completions;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Gateway.Receipts;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Tests.Unit.Tunnel;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Unit.Gateway.Receipts;

/// <summary>A worker over a real tunnel that keeps one receipt until it is acknowledged.</summary>
public sealed class ReceiptCollectorTests : IAsyncLifetime
{
    private static readonly ReceiptKey Receipts = new();
    private static readonly TokenPrices Price = new(new(1_000_000), new(1_000_000), new(2_000_000));

    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly TestCluster _cluster = TestCluster.Create();
    private readonly TunnelIdentity _key = TunnelIdentity.Create(TimeProvider.System);
    private readonly TermsSeal _seal = new(new byte[TermsSeal.KeyBytes]);
    private readonly RunningJobs _running = new();
    private readonly Guid _job = Guid.CreateVersion7();
    private readonly Guid _lease = Guid.NewGuid();
    private readonly ConcurrentDictionary<string, KeptReceipt> _kept = [];
    private Func<Task> _whilePageIsOnItsWay = () => Task.CompletedTask;
    private CompletionQueue _queue = null!;
    private ReceiptCollector _collector = null!;
    private TestGateway _gateway = null!;
    private TestWorker _host = null!;
    private WorkerConnection _worker = null!;

    private TestJobs Jobs => _cluster.Jobs;

    public async Task InitializeAsync()
    {
        IOptions<GatewayOptions> options = Options.Create(new GatewayOptions());
        var metrics = new GatewayMetrics(_services.GetRequiredService<IMeterFactory>(), _time);
        _queue = new CompletionQueue(_cluster.Calls(_time), _running, options, metrics, _time, NullLogger<CompletionQueue>.Instance);
        _collector = new ReceiptCollector(_queue, _running, _seal, options, _time, NullLogger<ReceiptCollector>.Instance);
        _gateway = await TestGateway.StartAsync(PinnedKeys.Only(_key.Id, "the worker"));
        _host = await TestWorker.StartAsync(_gateway.Port, _gateway.Identity.Id, identity: _key, map: Map);
        WorkerTunnel tunnel = await _gateway.NextTunnelAsync();
        _worker = new WorkerConnection(tunnel, await tunnel.GetRegistrationAsync(default), 1, new WorkerSeal(_time));
        Keep(completionTokens: 5, ReceiptStatus.Complete);
    }

    private void Keep(int completionTokens, ReceiptStatus status, ReceiptKey? signer = null)
    {
        var usage = new AnswerUsage
        {
            PromptTokens = 10,
            CachedTokens = 0,
            CompletionTokens = completionTokens,
            ReasoningTokens = 0,
            Prices = new ReceiptPrices(Price.Prompt.Value, Price.Cached.Value, Price.Completion.Value, Price.Request.Value).Hash(),
            Started = DateTimeOffset.UnixEpoch,
            Ended = DateTimeOffset.UnixEpoch,
            ModelManifest = default,
        };
        Digest header = Digest.Of("header"u8), statement = Digest.Of("statement"u8);
        var signed = SignedReceipt.Sign(new UsageReceipt("local", _job, header, statement, default, usage, default, status), signer ?? Receipts);
        var terms = new JobTerms(_running.Instance, "acct-1", "provider-1", Price, 10, 64, new ReceiptBinding(header, statement, Receipts.PublicKey, default));
        _kept[JobNames.OfJob(_job)] = new KeptReceipt(
            JobNames.OfJob(_job), JobNames.OfLease(_lease), signed.Receipt.ToArray(), signed.Signature.ToArray(), _seal.Seal(terms, _job, _lease, _key.Id));
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _host.DisposeAsync();
        _key.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Collect_JobNobodyRuns_IsBookedAndAcknowledged()
    {
        await _collector.CollectAsync(_worker, default);

        Assert.Equal(new TokenUsage(10, 0, 5), Assert.Single(Jobs.Completions).Reported);
        Assert.Empty(_kept);
        Assert.Null(_running.FindLease(_job));
    }

    /// <summary>Embeddings generate nothing, and are delivered all the same.</summary>
    [Fact]
    public async Task Collect_CompleteWithoutACompletionToken_ThePromptIsBooked()
    {
        Keep(completionTokens: 0, ReceiptStatus.Complete);

        await _collector.CollectAsync(_worker, default);

        Assert.Equal((new TokenUsage(10, 0, 0), CompletionStatus.Complete), (Assert.Single(Jobs.Completions).Reported, Jobs.Completions.Single().Status));
        Assert.Empty(_kept);
    }

    [Theory]
    [InlineData(ReceiptStatus.Partial)]
    [InlineData(ReceiptStatus.Error)]
    public async Task Collect_NothingDone_HoldIsGivenBack(ReceiptStatus status)
    {
        Keep(completionTokens: 0, status);

        await _collector.CollectAsync(_worker, default);

        Assert.Empty(Jobs.Completions);
        Assert.Single(Jobs.Abandonments);
        Assert.Empty(_kept);
    }

    /// <summary>The worker's own word of what it is owed counts only under the key to which the request was sealed.</summary>
    /// <summary>Where this gateway let the job go, its receipt is paid for no more than was seen.</summary>
    [Fact]
    public async Task Collect_JobThatWasLeft_IsBookedWithWhatWasCounted()
    {
        _running.TryAdd(_job);
        _running.Leave(_job, countedTokens: 3);

        await _collector.CollectAsync(_worker, default);

        Assert.Equal((5L, 3L), (Assert.Single(Jobs.Completions).Reported.Completion, Jobs.Completions.Single().CountedCompletionTokens));
    }

    [Fact]
    public async Task Collect_SignedByAnotherKey_IsAcknowledgedAndNotBooked()
    {
        using var other = new ReceiptKey();
        Keep(completionTokens: 5, ReceiptStatus.Complete, other);

        await _collector.CollectAsync(_worker, default);

        Assert.Equal(0, Jobs.Calls);
        Assert.Empty(_kept);
    }

    [Fact]
    public async Task Collect_JobIsRunning_IsLeftToIt()
    {
        Run(_lease);

        await _collector.CollectAsync(_worker, default);

        Assert.Equal(0, Jobs.Calls);
        Assert.Single(_kept);
    }

    [Fact]
    public async Task Collect_JobRunsUnderAnotherLease_IsAcknowledgedAndNotBooked()
    {
        Run(Guid.NewGuid());

        await _collector.CollectAsync(_worker, default);

        Assert.Equal(0, Jobs.Calls);
        Assert.Empty(_kept);
    }

    /// <summary>The page was written before the charge was booked, and is read after the job has left the running ones.</summary>
    [Fact]
    public async Task Collect_JobSettledWhileThePageIsOnItsWay_IsNotBookedAgain()
    {
        Run(_lease);
        _whilePageIsOnItsWay = async () =>
        {
            _whilePageIsOnItsWay = () => Task.CompletedTask;
            await _queue.CompleteAsync(_job, Completion(), _worker);
        };

        await _collector.CollectAsync(_worker, default);

        Assert.Null(_running.FindLease(_job));
        Assert.Equal(1, Jobs.Calls);
    }

    private static JobCompletion Completion() => new(
        "acct-1", new string('w', 64), "provider-1", Price, new TokenUsage(10, 0, 5), 10, 5, CompletionStatus.Complete, null);

    private void Run(Guid lease)
    {
        _running.TryAdd(_job);
        _running.SetLease(_job, lease);
    }

    private void Map(WebApplication app)
    {
        app.MapGet(TunnelRoutes.Receipts, (RequestDelegate)(async context =>
        {
            var page = new ReceiptPage([.. _kept.Values]);
            await _whilePageIsOnItsWay();
            await JsonSerializer.SerializeAsync(context.Response.Body, page, TunnelJson.Default.ReceiptPage);
        }));
        app.MapPost(TunnelRoutes.Receipts + "/{job}/ack", (RequestDelegate)(context =>
        {
            _kept.TryRemove((string)context.Request.RouteValues["job"]!, out _);
            return Task.CompletedTask;
        }));
    }
}
