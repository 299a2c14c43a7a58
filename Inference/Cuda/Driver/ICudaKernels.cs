namespace CocoonOrleans.Inference.Cuda.Driver;

/// <summary>Compiled kernels on a GPU.</summary>
internal interface ICudaKernels : IDisposable
{
    /// <summary>A kernel by its name.</summary>
    /// <exception cref="CudaException">There is none.</exception>
    nint this[string name] { get; }
}
