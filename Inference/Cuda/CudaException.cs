namespace CocoonOrleans.Inference.Cuda;

/// <summary>CUDA can't be used on this machine, or a call of it failed. The message says what was looked for and what to do next; it never holds what a model computes.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="code">The driver's or NVRTC's error number; null where neither gave one.</param>
/// <param name="inner">Its cause.</param>
public sealed class CudaException(string message, int? code = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The driver's (<c>CUresult</c>) or NVRTC's (<c>nvrtcResult</c>) error number; null where neither gave one.</summary>
    public int? Code => code;
}
