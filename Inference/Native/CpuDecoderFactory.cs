using CocoonOrleans.Inference.Cpu;
using CocoonOrleans.Inference.Cpu.Threads;
using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Native;

/// <summary>Decoders over our own kernels. All of them share the threads.</summary>
internal sealed class CpuDecoderFactory(NativeEngineOptions options) : IDecoderFactory
{
    private CpuTeam? _team;

    /// <inheritdoc/>
    public IDecoder Make(ModelFolder model, int contextTokens, int blocks)
    {
        _team ??= new CpuTeam(options.Threads, options.PinThreads);
        return new CpuDecoder(model.Config, model.Weights, model.Manifest.Quantization.ToFormat(), contextTokens, blocks, _team);
    }

    /// <inheritdoc/>
    public void Dispose() => _team?.Dispose();
}
