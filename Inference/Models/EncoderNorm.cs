using TorchSharp;

namespace CocoonOrleans.Inference.Models;

/// <summary>A norm over mean and variance (LayerNorm).</summary>
/// <param name="Weight">[hidden].</param>
/// <param name="Bias">[hidden].</param>
internal sealed record EncoderNorm(torch.Tensor Weight, torch.Tensor Bias) : IDisposable
{
    public void Dispose()
    {
        Weight.Dispose();
        Bias.Dispose();
    }
}
