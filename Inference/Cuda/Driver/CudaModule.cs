namespace CocoonOrleans.Inference.Cuda.Driver;

/// <summary>Kernels that the driver has loaded.</summary>
internal sealed class CudaModule(CudaDriver driver, byte[] image) : ICudaKernels
{
    private readonly nint _module = driver.LoadModule(image);

    /// <inheritdoc/>
    public nint this[string name] => driver.Function(_module, name);

    /// <inheritdoc/>
    public void Dispose() => driver.UnloadModule(_module);
}
