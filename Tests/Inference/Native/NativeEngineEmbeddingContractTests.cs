using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Native;
using CocoonOrleans.Tests.Inference.Engines;
using CocoonOrleans.Tests.Inference.LlamaCpp;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Inference.Native;

public abstract class NativeEmbeddingContract(NativeEngineOptions options) : EmbeddingContract
{
    private readonly TestMeters _meters = new();

    protected abstract string Folder { get; }

    protected override ModelReference Reference(string name) => new(name, Folder);

    protected override IInferenceEngine Start()
    {
        (options.Slots, options.Queue, options.StepTokens) = (2, 2, 32);
        return new NativeEngine(Options.Create(options), _meters, Time, NullLogger<NativeEngine>.Instance);
    }

    public override void Dispose() => _meters.Dispose();
}

public abstract class EncoderContract(NativeEngineOptions options) : NativeEmbeddingContract(options)
{
    private readonly TinyEncoder _model = new();

    protected override string Folder => _model.Folder;

    public override void Dispose()
    {
        base.Dispose();
        _model.Dispose();
    }
}

public abstract class DecoderEmbeddingContract : NativeEmbeddingContract
{
    private readonly TinyFamily _model = new("qwen3");

    protected DecoderEmbeddingContract(NativeEngineOptions options, string pooling)
        : base(options) => TinyEncoder.WritePooling(_model.Folder, pooling, 32);

    protected override string Folder => _model.Folder;

    public override void Dispose()
    {
        base.Dispose();
        _model.Dispose();
    }
}

public sealed class TorchEncoderContractTests() : EncoderContract(new NativeEngineOptions { Backend = NativeBackend.Torch })
{
    // libtorch rounds differently for another number of rows.
    protected override double Tolerance => 1e-5;
}

public sealed class CpuEncoderContractTests() : EncoderContract(new NativeEngineOptions { Backend = NativeBackend.Cpu, Threads = 2 });

public sealed class Int8EncoderContractTests() : EncoderContract(new NativeEngineOptions { Backend = NativeBackend.Cpu, Quantization = WeightQuantization.Int8 });

public sealed class TorchLastTokenContractTests() : DecoderEmbeddingContract(new NativeEngineOptions { Backend = NativeBackend.Torch }, "lasttoken")
{
    protected override double Tolerance => 1e-5;
}

public sealed class CpuMeanContractTests() : DecoderEmbeddingContract(new NativeEngineOptions { Backend = NativeBackend.Cpu, Threads = 2 }, "mean_tokens");
