using System.Runtime.InteropServices;
using CocoonOrleans.Inference.Cuda;
using CocoonOrleans.Inference.Cuda.Driver;

namespace CocoonOrleans.Tests.Inference.Cuda.Emulation;

/// <summary>Kernels in a library that <see cref="HostCompiler"/> built. Libraries stay loaded: other devices use them too.</summary>
internal sealed class EmulatedKernels(nint library) : ICudaKernels
{
    public nint this[string name] => NativeLibrary.TryGetExport(library, name, out var address) ? address : throw new CudaException($"there is no kernel {name}");

    public void Dispose()
    {
    }
}
