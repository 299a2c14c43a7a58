namespace CocoonOrleans.Inference.Cuda.Driver;

/// <summary>
/// A GPU with one queue of work: what is asked of it is done later, in order; <see cref="Synchronize"/> waits. Belongs to one thread. All methods throw a
/// <see cref="CudaException"/> where the GPU or its driver fails, possibly for what was asked earlier.
/// </summary>
internal interface ICudaDevice : IDisposable
{
    /// <summary>Bytes of its memory that nobody has.</summary>
    long FreeBytes { get; }

    /// <summary>Takes memory of the GPU, zeroed.</summary>
    nint Allocate(long bytes);

    /// <summary>Gives memory of the GPU back, once all work is done.</summary>
    void Free(nint address);

    /// <summary>Takes memory of this machine that the GPU copies from and to.</summary>
    nint AllocatePinned(long bytes);

    /// <summary>Gives such memory back, once all work is done.</summary>
    void FreePinned(nint address);

    /// <summary>Writes zeros.</summary>
    void Zero(nint address, long bytes);

    /// <summary>Copies from pinned memory, which must stay as it is until the work is done.</summary>
    void Upload(nint target, nint source, long bytes);

    /// <summary>Copies to pinned memory.</summary>
    void Download(nint target, nint source, long bytes);

    /// <summary>Waits until all work is done.</summary>
    void Synchronize();

    /// <summary>Our kernels, compiled for a shape.</summary>
    ICudaKernels Compile(KernelShape shape);

    /// <summary>Launches a kernel; its arguments are copied.</summary>
    void Launch<T>(nint kernel, GridSize grid, int threads, in T arguments)
        where T : unmanaged;

    /// <summary>From now on launches are recorded, not done; nothing else may be asked until <see cref="EndCapture"/>.</summary>
    void BeginCapture();

    /// <summary>Ends the recording: a graph that can be launched any number of times.</summary>
    nint EndCapture();

    /// <summary>Launches a graph.</summary>
    void LaunchGraph(nint graph);

    /// <summary>Gives a graph back.</summary>
    void FreeGraph(nint graph);
}
