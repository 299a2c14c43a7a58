using CocoonOrleans.Inference.Cpu.Memory;

namespace CocoonOrleans.Inference.Cpu;

/// <summary>A norm over mean and variance.</summary>
/// <param name="Weight">[hidden].</param>
/// <param name="Bias">[hidden].</param>
internal sealed record CpuEncoderNorm(NativeBlock Weight, NativeBlock Bias) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Weight.Dispose();
        Bias.Dispose();
    }
}
