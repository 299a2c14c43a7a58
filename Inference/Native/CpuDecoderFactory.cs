using CocoonOrleans.Inference.Cpu;
using CocoonOrleans.Inference.Cpu.Threads;
using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Native;

/// <summary>Decoders and encoders over our own kernels. All of them share the threads.</summary>
internal sealed class CpuDecoderFactory(NativeEngineOptions options) : IDecoderFactory
{
    private CpuTeam? _team;

    /// <inheritdoc/>
    public ITransformer Make(ModelFolder model, int contextTokens, int blocks)
    {
        _team ??= new CpuTeam(options.Threads, options.PinThreads);
        return model.Shape is EncoderConfig encoder
            ? new CpuEncoder(encoder, model.Weights, Format(model.Manifest.Quantization), contextTokens, blocks, _team)
            : new CpuDecoder(model.Config, model.Weights, Format(model.Manifest.Quantization), contextTokens, blocks, _team);
    }

    /// <inheritdoc/>
    public void Dispose() => _team?.Dispose();

    private static WeightFormat? Format(WeightQuantization quantization) => quantization switch
    {
        WeightQuantization.None => null,
        WeightQuantization.BFloat16 => WeightFormat.BFloat16,
        WeightQuantization.Int8 => WeightFormat.Int8,
        WeightQuantization.Int4 => WeightFormat.Int4,
        _ => throw new ArgumentOutOfRangeException(nameof(quantization)),
    };
}
