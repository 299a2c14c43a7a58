using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Cuda;
using CocoonOrleans.Inference.Cuda.Driver;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Native;

/// <summary>Decoders over our own CUDA kernels. All of them share the GPU.</summary>
/// <param name="options">The engine's options.</param>
/// <param name="open">Opens the GPU; null for the one that the options name.</param>
internal sealed class CudaDecoderFactory(NativeEngineOptions options, Func<ICudaDevice>? open = null) : IDecoderFactory
{
    private ICudaDevice? _device;

    /// <inheritdoc/>
    public void Prepare() => _device ??= open is null ? new CudaDevice(options.ComputeDevice.Index, options.Cuda) : open();

    /// <inheritdoc/>
    public CacheRoom RoomFor(ModelFolder model)
    {
        Prepare();
        var format = model.Manifest.Quantization.ToFormat();
        var bitsOfWeight = format switch { WeightFormat.Float32 => 32, WeightFormat.BFloat16 => 16, _ => 9 };
        var shape = new KernelShape(
            model.Config.HeadSize, model.Config.Heads / model.Config.KeyValueHeads, KernelShape.DefaultSplitTokens, format is WeightFormat.Int8 or WeightFormat.Int4, options.Cuda.HalfCache);
        return new CacheRoom(
            Math.Max(0, _device!.FreeBytes - (model.Config.Parameters * bitsOfWeight / 8)),
            shape.BlockBytes(model.Config) / IDecoder.BlockTokens,
            $"GPU {options.ComputeDevice.Index}");
    }

    /// <inheritdoc/>
    public IDecoder Make(ModelFolder model, int contextTokens, int blocks)
    {
        Prepare();
        var settings = new CudaDecoderSettings { Graphs = options.Cuda.Graphs, HalfCache = options.Cuda.HalfCache, Threads = options.Threads };
        return new CudaDecoder(model.Config, model.Weights, model.Manifest.Quantization.ToFormat(), contextTokens, blocks, _device!, settings);
    }

    /// <inheritdoc/>
    public void Dispose() => _device?.Dispose();
}
