using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Native;
using CocoonOrleans.Tests.Inference.Engines;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Inference.Native;

public abstract class NativeEngineContract : EngineContract
{
    private readonly TestMeters _meters = new();

    protected virtual NativeEngineOptions EngineOptions => new();

    protected override bool Audits => true;

    protected override IInferenceEngine Start()
    {
        var options = EngineOptions;
        (options.Slots, options.Queue, options.EventsAhead) = (2, 2, 4);
        return new NativeEngine(Options.Create(options), _meters, Time, NullLogger<NativeEngine>.Instance);
    }

    public override void Dispose() => _meters.Dispose();
}

public abstract class TinyNativeEngineContract : NativeEngineContract
{
    private readonly TinyModel _model = new();

    protected override string Folder => _model.Folder;

    public override void Dispose()
    {
        base.Dispose();
        _model.Dispose();
    }
}

public sealed class TinyNativeEngineContractTests : TinyNativeEngineContract;

public sealed class TinyTorchEngineContractTests : TinyNativeEngineContract
{
    protected override NativeEngineOptions EngineOptions => new() { Backend = NativeBackend.Torch };
}

public sealed class TinyThreadsEngineContractTests : TinyNativeEngineContract
{
    protected override NativeEngineOptions EngineOptions => new() { Threads = 2 };
}

public sealed class TinyInt8EngineContractTests : TinyNativeEngineContract
{
    protected override NativeEngineOptions EngineOptions => new() { Quantization = WeightQuantization.Int8 };
}

public sealed class Stories260KNativeEngineContractTests : NativeEngineContract
{
    protected override string Folder => Stories260K.Folder;
}
