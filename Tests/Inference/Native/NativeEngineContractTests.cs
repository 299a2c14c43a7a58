using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Native;
using CocoonOrleans.Tests.Inference.Engines;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Inference.Native;

public abstract class NativeEngineContract : EngineContract
{
    private readonly TestMeters _meters = new();

    protected override IInferenceEngine Start() => new NativeEngine(
        Options.Create(new NativeEngineOptions { Slots = 2, Queue = 2, EventsAhead = 4 }), _meters, Time, NullLogger<NativeEngine>.Instance);

    public override void Dispose() => _meters.Dispose();
}

public sealed class TinyNativeEngineContractTests : NativeEngineContract
{
    private readonly TinyModel _model = new();

    protected override string Folder => _model.Folder;

    public override void Dispose()
    {
        base.Dispose();
        _model.Dispose();
    }
}

public sealed class Stories260KNativeEngineContractTests : NativeEngineContract
{
    protected override string Folder => Stories260K.Folder;
}
