using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using CocoonOrleans.Gateway.Completions;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Tests.Unit.Tunnel;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;
using CocoonOrleans.Tunnel.Usage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Unit.Gateway.Completions;

/// <summary>A worker over a real tunnel that keeps one usage report until it is acknowledged.</summary>
public sealed class UsageReportCollectorTests : IAsyncLifetime
{
    private static readonly TokenPrices Price = new(new(1_000_000), new(1_000_000), new(2_000_000));

    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly TestCluster _cluster = TestCluster.Create();
    private readonly TunnelIdentity _key = TunnelIdentity.Create(TimeProvider.System);
    private readonly TermsSeal _seal = new(new byte[TermsSeal.KeyBytes]);
    private readonly RunningJobs _running = new();
    private readonly Guid _job = Guid.NewGuid();
    private readonly Guid _lease = Guid.NewGuid();
    private readonly ConcurrentDictionary<string, SignedUsageReport> _kept = [];
    private Func<Task> _whilePageIsOnItsWay = () => Task.CompletedTask;
    private CompletionQueue _queue = null!;
    private UsageReportCollector _collector = null!;
    private TestGateway _gateway = null!;
    private TestWorker _host = null!;
    private WorkerConnection _worker = null!;

    private TestJobs Jobs => _cluster.Jobs;

    public async Task InitializeAsync()
    {
        IOptions<GatewayOptions> options = Options.Create(new GatewayOptions());
        var metrics = new GatewayMetrics(_services.GetRequiredService<IMeterFactory>(), _time);
        _queue = new CompletionQueue(_cluster.Calls(_time), _running, options, metrics, _time, NullLogger<CompletionQueue>.Instance);
        _collector = new UsageReportCollector(_queue, _running, _seal, options, _time, NullLogger<UsageReportCollector>.Instance);
        _gateway = await TestGateway.StartAsync(PinnedKeys.Only(_key.Id, "the worker"));
        _host = await TestWorker.StartAsync(_gateway.Port, _gateway.Identity.Id, identity: _key, map: Map);
        WorkerTunnel tunnel = await _gateway.NextTunnelAsync();
        _worker = new WorkerConnection(tunnel, await tunnel.GetRegistrationAsync(default), 1);
        Keep(completionTokens: 5, UsageStatus.Complete);
    }

    private void Keep(int completionTokens, UsageStatus status)
    {
        var terms = new JobTerms(_running.Instance, "acct-1", "provider-1", Price, 10, 64);
        UsageReport report = Samples.Report(_key.Id) with
        {
            JobId = JobNames.OfJob(_job),
            LeaseId = JobNames.OfLease(_lease),
            PromptTokens = 10,
            CachedTokens = 0,
            CompletionTokens = completionTokens,
            ReasoningTokens = 0,
            Status = status,
            FinishReason = status == UsageStatus.Complete ? "stop" : null,
            Terms = _seal.Seal(terms, _job, _lease, _key.Id),
        };
        _kept[report.JobId] = SignedUsageReport.Sign(report, _key);
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
        Keep(completionTokens: 0, UsageStatus.Complete);

        await _collector.CollectAsync(_worker, default);

        Assert.Equal((new TokenUsage(10, 0, 0), CompletionStatus.Complete), (Assert.Single(Jobs.Completions).Reported, Jobs.Completions.Single().Status));
        Assert.Empty(_kept);
    }

    [Theory]
    [InlineData(UsageStatus.Cancelled)]
    [InlineData(UsageStatus.Failed)]
    public async Task Collect_NothingDone_HoldIsGivenBack(UsageStatus status)
    {
        Keep(completionTokens: 0, status);

        await _collector.CollectAsync(_worker, default);

        Assert.Empty(Jobs.Completions);
        Assert.Single(Jobs.Abandonments);
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
        app.MapGet(TunnelRoutes.UsageReports, (RequestDelegate)(async context =>
        {
            var page = new UsageReportPage([.. _kept.Values]);
            await _whilePageIsOnItsWay();
            await JsonSerializer.SerializeAsync(context.Response.Body, page, TunnelJson.Default.UsageReportPage);
        }));
        app.MapPost(TunnelRoutes.UsageReports + "/{job}/ack", (RequestDelegate)(context =>
        {
            _kept.TryRemove((string)context.Request.RouteValues["job"]!, out _);
            return Task.CompletedTask;
        }));
    }
}
