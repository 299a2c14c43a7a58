using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Upstream;
using CocoonOrleans.Tests.Inference.Engines;
using CocoonOrleans.Tests.Inference.Native;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Inference.Upstream;

/// <summary>The contract, with a stand-in for the server that the engine needs.</summary>
public abstract class UpstreamEngineContract(UpstreamDialect dialect) : EngineContract, IAsyncLifetime
{
    private readonly TinyModel _model = new();
    private readonly TestMeters _meters = new();
    private StandInServer? _server;

    protected override string Folder => _model.Folder;

    protected StandInServer Server => _server ?? throw new InvalidOperationException("not started");

    protected override async Task PrepareAsync() => _server = await StandInServer.StartAsync(dialect);

    protected override ModelReference Reference(string name, string? manifestSha256 = null)
    {
        var upstream = Server.Options();
        upstream.ContextTokens = 512;
        return new ModelReference(name, Folder, manifestSha256) { Upstream = upstream };
    }

    protected override IInferenceEngine Start()
        => new UpstreamEngine(Options.Create(new UpstreamEngineOptions { Slots = 2, Queue = 2 }), _meters, Time, NullLogger<UpstreamEngine>.Instance);

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await Server.DisposeAsync();
    }

    public override void Dispose()
    {
        _meters.Dispose();
        _model.Dispose();
    }
}

public sealed class VllmUpstreamEngineContractTests() : UpstreamEngineContract(UpstreamDialect.Vllm);

public sealed class SglangUpstreamEngineContractTests() : UpstreamEngineContract(UpstreamDialect.Sglang);

public sealed class LlamaServerUpstreamEngineContractTests() : UpstreamEngineContract(UpstreamDialect.LlamaServer);

public sealed class OpenAiUpstreamEngineContractTests() : UpstreamEngineContract(UpstreamDialect.OpenAi);

public sealed class IncrementalSglangUpstreamEngineContractTests() : UpstreamEngineContract(UpstreamDialect.Sglang)
{
    protected override async Task PrepareAsync()
    {
        await base.PrepareAsync();
        Server.Incremental = true;
    }
}
