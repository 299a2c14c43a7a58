using System.Diagnostics.Metrics;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Upstream;
using CocoonOrleans.Tests.Inference.Native;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Inference.Upstream;

/// <summary>An engine, the stand-in behind it, and all that they logged.</summary>
public sealed class UpstreamBench : IAsyncDisposable
{
    private readonly TestMeters _meters = new();

    private UpstreamBench(StandInServer server, Action<UpstreamEngineOptions>? configure)
    {
        var options = new UpstreamEngineOptions { Slots = 2, Queue = 2, StartLimit = TimeSpan.Zero };
        configure?.Invoke(options);
        Server = server;
        Upstream = server.Options();
        Engine = new UpstreamEngine(Options.Create(options), _meters, Time, new LoggerFactory([Log]).CreateLogger<UpstreamEngine>());
    }

    public StandInServer Server { get; }

    public TinyModel Model { get; } = new();

    public UpstreamModelOptions Upstream { get; }

    public UpstreamEngine Engine { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public RecordedLog Log { get; } = new();

    public IMeterFactory Meters => _meters;

    public static async Task<UpstreamBench> StartAsync(UpstreamDialect dialect = UpstreamDialect.Vllm, Action<UpstreamEngineOptions>? configure = null)
        => new(await StandInServer.StartAsync(dialect), configure);

    /// <summary>With its model loaded.</summary>
    public static async Task<UpstreamBench> LoadedAsync(UpstreamDialect dialect = UpstreamDialect.Vllm, Action<UpstreamEngineOptions>? configure = null)
    {
        var bench = await StartAsync(dialect, configure);
        bench.Upstream.ContextTokens = 512;
        await bench.LoadAsync();
        return bench;
    }

    public Task<LoadedModel> LoadAsync(string name = "tiny", string? manifestSha256 = null, IProgress<LoadProgress>? progress = null)
        => Engine.LoadAsync(new ModelReference(name, Model.Folder, manifestSha256) { Upstream = Upstream }, progress, CancellationToken.None);

    public static GenerationRequest Request(int tokens = 20) => new()
    {
        Model = "tiny",
        PromptIds = new[] { 97, 98, 99 },
        MaxCompletionTokens = tokens,
        Sampling = SamplingOptions.Greedy,
        StopIds = [],
    };

    public async Task<List<GenerationEvent>> CollectAsync(GenerationRequest? request = null, CancellationToken cancellationToken = default)
    {
        var events = new List<GenerationEvent>();
        await foreach (var step in Engine.GenerateAsync(request ?? Request(), cancellationToken))
        {
            events.Add(step);
        }

        return events;
    }

    public async Task<EngineRefusal> RefusalAsync(GenerationRequest? request = null)
        => (await Assert.ThrowsAsync<EngineRefusalException>(() => CollectAsync(request))).Refusal;

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await Server.DisposeAsync();
        Model.Dispose();
        _meters.Dispose();
    }
}
