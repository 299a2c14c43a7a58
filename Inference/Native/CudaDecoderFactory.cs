using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Cuda;
using CocoonOrleans.Inference.Cuda.Driver;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Native;

/// <summary>Decoders that generate, over our own CUDA kernels. All of them share the GPU.</summary>
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
        var (config, format) = (Shape(model), Format(model));
        var bitsOfWeight = format switch { WeightFormat.Float32 => 32, WeightFormat.BFloat16 => 16, _ => 9 };
        var shape = new KernelShape(
            config.HeadSize, config.Heads / config.KeyValueHeads, KernelShape.DefaultSplitTokens, format is WeightFormat.Int8 or WeightFormat.Int4, options.Cuda.HalfCache);
        return new CacheRoom(
            Math.Max(0, _device!.FreeBytes - (config.Parameters * bitsOfWeight / 8)),
            shape.BlockBytes(config) / IDecoder.BlockTokens,
            $"GPU {options.ComputeDevice.Index}");
    }

    /// <inheritdoc/>
    public ITransformer Make(ModelFolder model, int contextTokens, int blocks)
    {
        Prepare();
        var settings = new CudaDecoderSettings { Graphs = options.Cuda.Graphs, HalfCache = options.Cuda.HalfCache, Threads = options.Threads };
        return new CudaDecoder(Shape(model), model.Weights, Format(model), contextTokens, blocks, _device!, settings);
    }

    /// <inheritdoc/>
    public void Dispose() => _device?.Dispose();

    private static WeightFormat Format(ModelFolder model) => model.Manifest.Quantization.ToFormat() ?? WeightFormat.Float32;

    private static DecoderConfig Shape(ModelFolder model) => model.Shape is DecoderConfig { Embeds: false } decoder
        ? decoder
        : throw new ModelFormatException(
            TransformerConfig.FileName, "architectures", $"{model.Shape.Architecture} makes embeddings here, which the backends {NativeBackend.Cpu} and {NativeBackend.Torch} compute, but {NativeBackend.Cuda} does not");
}
