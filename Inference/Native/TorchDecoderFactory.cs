using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Torch;
using TorchSharp;

namespace CocoonOrleans.Inference.Native;

/// <summary>Decoders and encoders in TorchSharp. libtorch is loaded for the first of them; from then on this thread records nothing for gradients.</summary>
internal sealed class TorchDecoderFactory(NativeEngineOptions options) : IDecoderFactory
{
    private IDisposable? _inference;

    public ITransformer Make(ModelFolder model, int contextTokens, int blocks)
    {
        if (model.Manifest.Quantization != WeightQuantization.None)
        {
            throw new NotSupportedException($"the backend {NativeBackend.Torch} computes in float32 only; weights of {model.Manifest.Quantization} want the backend {NativeBackend.Cpu}");
        }

        if (_inference is null)
        {
            TorchLibrary.Load(options.Torch);
            torch.set_num_threads(options.Threads);
            _inference = torch.inference_mode();
        }

        return model.Shape is EncoderConfig encoder
            ? new TorchEncoder(encoder, model.Weights, contextTokens, blocks)
            : new TorchDecoder(model.Config, model.Weights, contextTokens, blocks);
    }

    public void Dispose() => _inference?.Dispose();
}
