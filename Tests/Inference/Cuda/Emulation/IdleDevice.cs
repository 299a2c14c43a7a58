using System.Runtime.InteropServices;
using CocoonOrleans.Inference.Cuda;
using CocoonOrleans.Inference.Cuda.Driver;

namespace CocoonOrleans.Tests.Inference.Cuda.Emulation;

/// <summary>A device that gives memory and does nothing with it: for tests of what a step takes of this machine.</summary>
internal sealed unsafe class IdleDevice : ICudaDevice, ICudaKernels
{
    private readonly List<nint> _memory = [];

    /// <summary>How often memory was asked for.</summary>
    public int Allocations => _memory.Count;

    public long FreeBytes => 1L << 30;

    public nint this[string name] => 1;

    public nint Allocate(long bytes)
    {
        _memory.Add((nint)NativeMemory.AllocZeroed((nuint)bytes));
        return _memory[^1];
    }

    public nint AllocatePinned(long bytes) => Allocate(bytes);

    public void Free(nint address)
    {
    }

    public void FreePinned(nint address)
    {
    }

    public void Zero(nint address, long bytes)
    {
    }

    public void Upload(nint target, nint source, long bytes)
    {
    }

    public void Download(nint target, nint source, long bytes)
    {
    }

    public void Synchronize()
    {
    }

    public ICudaKernels Compile(KernelShape shape) => this;

    public void Launch<T>(nint kernel, GridSize grid, int threads, in T arguments)
        where T : unmanaged
    {
    }

    public void BeginCapture()
    {
    }

    public nint EndCapture() => 1;

    public void LaunchGraph(nint graph)
    {
    }

    public void FreeGraph(nint graph)
    {
    }

    /// <summary>As the kernels that it gave out: nothing.</summary>
    void IDisposable.Dispose()
    {
    }

    /// <summary>Gives all memory back.</summary>
    public void Release() => _memory.ForEach(address => NativeMemory.Free((void*)address));
}
