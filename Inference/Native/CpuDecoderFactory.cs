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
        var format = model.Manifest.Quantization.ToFormat();
        return model.Shape is EncoderConfig encoder
            ? new CpuEncoder(encoder, model.Weights, format, contextTokens, blocks, _team)
            : new CpuDecoder(model.Config, model.Weights, format, contextTokens, blocks, _team);
    }

    /// <inheritdoc/>
    public void Dispose() => _team?.Dispose();
}
