using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Completions;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Generations;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Gateway.Models;
using CocoonOrleans.Gateway.Receipts;
using CocoonOrleans.Gateway.SealedRequests;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Markets;
using CocoonOrleans.Grains.Models;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing.Epochs;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Tests.Unit.Sealing;
using CocoonOrleans.Tests.Unit.Tokenization;
using CocoonOrleans.Tests.Unit.Tunnel;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Unit.Gateway.Dispatch;

/// <summary>All of a gateway between an admitted job and its charge, with real tunnels to workers that do what the test says. The first worker is the cheapest.</summary>
internal sealed class JobRunnerBench : IAsyncDisposable
{
    public const int PromptTokens = 10;

    private const string Model = "house";

    private readonly TunnelIdentity[] _identities;
    private readonly List<TestWorker> _workers = [];
    private readonly List<SealedWorker> _sealed = [];
    private readonly List<WorkerSeal> _seals = [];
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly TestGateway _gateway;
    private readonly GatewayOptions _options = new();
    private readonly ConcurrentDictionary<string, KeptReceipt> _kept = [];

    private JobRunnerBench(TestGateway gateway, TunnelIdentity[] identities) => (_gateway, _identities) = (gateway, identities);

    public TestCluster Cluster { get; } = TestCluster.Create();

    public RunningJobs Running { get; } = new();

    public JobRunner Runner { get; private set; } = null!;

    /// <summary>Jobs whose receipts were acknowledged.</summary>
    public ConcurrentQueue<string> Acknowledged { get; } = [];

    public static Task<JobRunnerBench> StartAsync(params Func<WorkerReply, Task>[] workers) => StartAsync(limits: null, workers);

    /// <param name="limits">How much each worker keeps for an epoch.</param>
    /// <param name="workers">What they do with a job.</param>
    public static async Task<JobRunnerBench> StartAsync(EpochLimits? limits, params Func<WorkerReply, Task>[] workers)
    {
        TunnelIdentity[] identities = [.. workers.Select(_ => TunnelIdentity.Create(TimeProvider.System))];
        var trust = new PinnedKeys(identities.ToDictionary(identity => identity.Id, _ => "a worker"));
        var bench = new JobRunnerBench(await TestGateway.StartAsync(trust), identities);
        var connections = new WorkerConnections();
        for (int i = 0; i < workers.Length; i++)
        {
            await bench.ConnectAsync(identities[i], workers[i], connections, limits);
        }

        bench.Build(connections);
        return bench;
    }

    /// <summary>Runs a chat whose answer goes into a sink.</summary>
    public Task<JobResult> RunAsync(ChatJob job, IAnswerSink sink, CancellationToken clientLeft) =>
        Runner.RunAsync(job, new ChatAnswer(job, sink, Metrics, TimeProvider.System), clientLeft);

    public GatewayMetrics Metrics => field ??= new GatewayMetrics(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), TimeProvider.System);

    public string WorkerId(int number) => _identities[number].Id;

    /// <summary>A worker's keys.</summary>
    public SealedWorker Sealed(int number) => _sealed[number];

    /// <summary>How the gateway seals to a worker.</summary>
    public WorkerSeal Seal(int number) => _seals[number];

    /// <summary>Keeps a receipt as a worker does, until it is acknowledged.</summary>
    public void Keep(KeptReceipt receipt) => _kept[receipt.JobId] = receipt;

    public ChatJob Job(int maxCompletionTokens = 100, TimeSpan? limit = null)
    {
        var job = new ChatJob
        {
            JobId = Guid.CreateVersion7(),
            Caller = new Caller("acct-1", "acct-1.00000000", "label"),
            Model = CatalogModel,
            ChatModel = ChatModel.Load(
                Encoding.UTF8.GetBytes(SmallTokenizers.ByteLevelJson().ToJsonString()), Encoding.UTF8.GetBytes(SmallTokenizers.Config), "{{ messages[0].content }}"),
            Payload = "{}"u8.ToArray(),
            Stream = true,
            IncludeUsage = false,
            IsIdempotent = false,
            PromptTokens = PromptTokens,
            MaxTokensPerChoice = maxCompletionTokens,
            Cap = CatalogModel.Reserve,
            Created = TimeProvider.System.GetUtcNow(),
            Until = TimeProvider.System.GetUtcNow() + (limit ?? TimeSpan.FromMinutes(1)),
            Arrived = TimeProvider.System.GetTimestamp(),
        };
        Running.TryAdd(job.JobId);
        return job;
    }

    /// <summary>A chat that its client sealed to all workers.</summary>
    public SealedJob Job(SealedRequest request)
    {
        var job = new SealedJob
        {
            JobId = request.Header.Terms.RequestId,
            Caller = new Caller("acct-1", "acct-1.00000000", "label"),
            Model = CatalogModel,
            Payload = request.Bytes,
            IsIdempotent = false,
            PromptTokens = 300,
            HeldCompletionTokens = 100,
            Cap = CatalogModel.Reserve,
            Created = TimeProvider.System.GetUtcNow(),
            Until = TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(1),
            Arrived = TimeProvider.System.GetTimestamp(),
            HeaderHash = request.HeaderHash,
            Workers = _sealed.Select((worker, number) => (worker, number)).ToDictionary(one => WorkerId(one.number), one => one.worker.Statement),
        };
        Running.TryAdd(job.JobId);
        return job;
    }

    /// <summary>Two inputs, each of which gets a vector of three numbers.</summary>
    public EmbeddingsJob Embeddings()
    {
        var job = new EmbeddingsJob
        {
            JobId = Guid.CreateVersion7(),
            Caller = new Caller("acct-1", "acct-1.00000000", "label"),
            Model = CatalogModel,
            Payload = "{}"u8.ToArray(),
            Inputs = 2,
            LongestInput = 6,
            Dimensions = 3,
            AsBase64 = false,
            IsIdempotent = false,
            PromptTokens = PromptTokens,
            Cap = CatalogModel.Reserve,
            Created = TimeProvider.System.GetUtcNow(),
            Until = TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(1),
            Arrived = TimeProvider.System.GetTimestamp(),
        };
        Running.TryAdd(job.JobId);
        return job;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (TestWorker worker in _workers)
        {
            await worker.DisposeAsync();
        }

        await _gateway.DisposeAsync();
        _sealed.ForEach(worker => worker.Dispose());
        _seals.ForEach(seal => seal.Dispose());
        await _services.DisposeAsync();
    }

    private static CatalogModel CatalogModel { get; } =
        new(Model, new string('a', 64), new string('b', 64), 512, 64, Price(9), DateTimeOffset.UnixEpoch);

    /// <summary>So many nano a token.</summary>
    private static TokenPrices Price(int nano) => new(new(nano * 1_000_000), new(nano * 1_000_000), new(nano * 1_000_000));

    private async Task ConnectAsync(TunnelIdentity identity, Func<WorkerReply, Task> job, WorkerConnections connections, EpochLimits? limits)
    {
        var bootId = HelloLine.NewBootId();
        var worker = new SealedWorker(identity, bootId, [CatalogModel.ManifestSha256], limits: limits);
        _sealed.Add(worker);
        _workers.Add(await TestWorker.StartAsync(
            _gateway.Port, _gateway.Identity.Id, context => ReplyAsync(context, worker, job), identity, bootId: bootId, map: app =>
            {
                app.MapGet(TunnelRoutes.Receipts, (RequestDelegate)(context => JsonSerializer.SerializeAsync(
                    context.Response.Body, new ReceiptPage([.. _kept.Values]), TunnelJson.Default.ReceiptPage, context.RequestAborted)));
                app.MapPost($"{TunnelRoutes.Receipts}/{{jobId}}/ack", (string jobId) => Acknowledged.Enqueue(jobId));
            }));
        var seal = new WorkerSeal(TimeProvider.System);
        Assert.True(seal.TryRenew(CheckedStatement.SelfSigned(worker.Statement), out _));
        _seals.Add(seal);
        WorkerTunnel tunnel = await _gateway.NextTunnelAsync();
        connections.Add(new WorkerConnection(tunnel, await tunnel.GetRegistrationAsync(CancellationToken.None), epoch: 1, seal));
    }

    private static async Task ReplyAsync(HttpContext context, SealedWorker worker, Func<WorkerReply, Task> job)
    {
        using SealedReply? reply = await SealedReply.OpenAsync(context, worker);
        if (reply is not null)
        {
            await job(new WorkerReply(reply));
        }
    }

    private void Build(WorkerConnections connections)
    {
        TimeProvider time = TimeProvider.System;
        IOptions<GatewayOptions> options = Options.Create(_options);
        GatewayMetrics metrics = Metrics;
        var catalog = new ModelCatalog(time);
        catalog.Update([CatalogModel]);
        var books = new MarketBooks(catalog, connections, options, time);
        books.Of(Model).Update($"{Model}/0", new MarketSnapshot(1, [.. _identities.Select((identity, number) => new BookOffer(
            new Offer(identity.Id, $"provider-{number}", Model, CatalogModel.ManifestSha256, 512, Price(1 + number), 4, 4), 1))]));
        var leases = new SlotLeases(books, connections, Cluster.Calls(time), options, metrics, time, NullLogger<SlotLeases>.Instance);
        var sealer = new JobSealer(new TenantNames(new byte[TermsSeal.KeyBytes]), options);
        var attempts = new WorkerAttempt(sealer, new TermsSeal(new byte[TermsSeal.KeyBytes]), new LateReceipts(options, time), Running, options, time);
        var completions = new CompletionQueue(Cluster.Calls(time), Running, options, metrics, time, NullLogger<CompletionQueue>.Instance);
        var sealedAttempts = new SealedAttempt(new TermsSeal(new byte[TermsSeal.KeyBytes]), new LateReceipts(options, time), Running, options, time);
        Runner = new JobRunner(leases, attempts, sealedAttempts, completions, Running, new GenerationLog(options, time), options, metrics, time, NullLogger<JobRunner>.Instance);
    }
}
