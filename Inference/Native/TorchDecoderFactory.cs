using CocoonOrleans.Inference.Cuda;
using CocoonOrleans.Inference.Cuda.Driver;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Torch;
using TorchSharp;

namespace CocoonOrleans.Inference.Native;

/// <summary>Decoders and encoders in TorchSharp, on the processor or on a GPU. libtorch is loaded for the first of them; from then on this thread records nothing for gradients.</summary>
internal sealed class TorchDecoderFactory(NativeEngineOptions options) : IDecoderFactory
{
    private readonly ComputeDevice _device = options.ComputeDevice;
    private IDisposable? _inference;

    public void Prepare()
    {
        if (_inference is not null)
        {
            return;
        }

        var library = TorchLibrary.Load(options.Torch);
        if (_device.IsCuda)
        {
            RequireGpu(library);
        }

        torch.set_num_threads(options.Threads);
        _inference = torch.inference_mode();
    }

    public CacheRoom RoomFor(ModelFolder model)
    {
        var number = NumberOf(model) == torch.float32 ? sizeof(float) : sizeof(ushort);
        if (!_device.IsCuda)
        {
            return CacheRoom.OfMachine(model.Shape) with { BytesPerToken = model.Shape.CacheNumbersPerToken * number };
        }

        // TorchSharp has no words for free memory. What libtorch has taken for another model is not known here either.
        var driver = CudaDriver.Load();
        var memory = driver.DeviceMemory(driver.Device(_device.Index));
        return new CacheRoom(Math.Max(0, memory - (model.Shape.Parameters * number)), model.Shape.CacheNumbersPerToken * number, $"GPU {_device.Index}");
    }

    public ITransformer Make(ModelFolder model, int contextTokens, int blocks)
    {
        Prepare();
        var place = new TorchPlace(_device.IsCuda ? torch.device(DeviceType.CUDA, _device.Index) : torch.CPU, NumberOf(model));
        return model.Shape is EncoderConfig encoder
            ? new TorchEncoder(encoder, model.Weights, contextTokens, blocks, place)
            : new TorchDecoder(model.Config, model.Weights, contextTokens, blocks, place);
    }

    public void Dispose() => _inference?.Dispose();

    private static torch.ScalarType NumberOf(ModelFolder model) => model.Manifest.Quantization switch
    {
        WeightQuantization.None => torch.float32,
        WeightQuantization.BFloat16Compute => torch.bfloat16,
        var other => throw new NotSupportedException($"the backend {NativeBackend.Torch} computes {nameof(WeightQuantization.None)} and {nameof(WeightQuantization.BFloat16Compute)} only; {other} wants another backend"),
    };

    private void RequireGpu(LoadedTorchLibrary library)
    {
        if (!library.Cuda)
        {
            throw new TorchLibraryException(
                $"Worker:Native:Device is {_device}, but this libtorch computes on the processor only: libtorch_cuda.so is neither beside {library.Path} nor in LD_LIBRARY_PATH. Build with -p:UseCuda=true, or build with -p:BundleLibTorch=false and put the lib folder of a libtorch 2.10 for CUDA into LD_LIBRARY_PATH; or take Worker:Native:Backend=cuda, which needs no libtorch.");
        }

        torch.InitializeDeviceType(DeviceType.CUDA);
        var count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        if (_device.Index >= count)
        {
            throw new TorchLibraryException($"Worker:Native:Device is {_device}, but libtorch sees {count} GPUs. What this machine has: {CudaPresence.Probe(options.Cuda)}");
        }
    }
}
