namespace CocoonOrleans.Inference.Cuda.Driver;

/// <summary>A GPU through NVIDIA's driver. Not yet run on a GPU.</summary>
internal sealed unsafe class CudaDevice : ICudaDevice
{
    /// <summary>The oldest compute capability that our kernels are written for: 7.0, Volta.</summary>
    private const int OldestCapability = 70;

    private readonly CudaDriver _driver;
    private readonly KernelCompiler _compiler;
    private readonly int _device;
    private readonly nint _stream;

    /// <summary>Opens a GPU for the calling thread.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="options">Compiler and cache.</param>
    /// <exception cref="CudaException">There is no such GPU, it is too old, or driver or compiler are missing.</exception>
    public CudaDevice(int index, CudaOptions options)
    {
        _driver = CudaDriver.Load();
        if (index >= _driver.DeviceCount)
        {
            throw new CudaException($"There is no GPU {index}: the driver sees {_driver.DeviceCount}. Choose another by Worker:Native:Device.");
        }

        _device = _driver.Device(index);
        var capability = CudaPresence.Capability(_driver, _device);
        if (capability < OldestCapability)
        {
            throw new CudaException(
                $"GPU {index} ({_driver.DeviceName(_device)}) has compute capability {capability / 10}.{capability % 10}; our kernels want {OldestCapability / 10}.{OldestCapability % 10} or later. Take Worker:Native:Backend=cpu.");
        }

        _compiler = new KernelCompiler(Nvrtc.Load(options.NvrtcLibrary), capability, options);
        _driver.RetainContext(_device);
        _stream = _driver.CreateStream();
    }

    /// <inheritdoc/>
    public long FreeBytes => _driver.FreeMemory();

    /// <inheritdoc/>
    public nint Allocate(long bytes)
    {
        var address = _driver.Allocate(bytes);
        _driver.Fill(address, 0, bytes, _stream);
        return address;
    }

    /// <inheritdoc/>
    public void Free(nint address)
    {
        Synchronize();
        _driver.Free(address);
    }

    /// <inheritdoc/>
    public nint AllocatePinned(long bytes) => _driver.AllocateHost(bytes);

    /// <inheritdoc/>
    public void FreePinned(nint address) => _driver.FreeHost(address);

    /// <inheritdoc/>
    public void Zero(nint address, long bytes) => _driver.Fill(address, 0, bytes, _stream);

    /// <inheritdoc/>
    public void Upload(nint target, nint source, long bytes) => _driver.CopyToDevice(target, source, bytes, _stream);

    /// <inheritdoc/>
    public void Download(nint target, nint source, long bytes) => _driver.CopyToHost(target, source, bytes, _stream);

    /// <inheritdoc/>
    public void Synchronize() => _driver.Synchronize(_stream);

    /// <inheritdoc/>
    public ICudaKernels Compile(KernelShape shape) => new CudaModule(_driver, _compiler.Compile(shape));

    /// <inheritdoc/>
    public void Launch<T>(nint kernel, GridSize grid, int threads, in T arguments)
        where T : unmanaged
    {
        fixed (T* pointer = &arguments)
        {
            _driver.Launch(kernel, grid, threads, pointer, _stream);
        }
    }

    /// <inheritdoc/>
    public void BeginCapture() => _driver.BeginCapture(_stream);

    /// <inheritdoc/>
    public nint EndCapture() => _driver.EndCapture(_stream);

    /// <inheritdoc/>
    public void LaunchGraph(nint graph) => _driver.LaunchGraph(graph, _stream);

    /// <inheritdoc/>
    public void FreeGraph(nint graph) => _driver.DestroyGraph(graph);

    /// <inheritdoc/>
    public void Dispose()
    {
        _driver.DestroyStream(_stream);
        _driver.ReleaseContext(_device);
    }
}
