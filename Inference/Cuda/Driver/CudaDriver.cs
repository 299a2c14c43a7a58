using System.Runtime.InteropServices;
using System.Text;

namespace CocoonOrleans.Inference.Cuda.Driver;

/// <summary>
/// The functions of NVIDIA's driver library that we call, found when they are first wanted: a machine without a GPU needs none of it. Names, numbers and types are those of the
/// CUDA Driver API's reference (<c>cuda.h</c>); the suffix <c>_v2</c> is what that header maps the plain names to.
/// </summary>
internal sealed unsafe class CudaDriver
{
    /// <summary>The library's name.</summary>
    public const string LibraryName = "libcuda.so.1";

    /// <summary><c>CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR</c>.</summary>
    public const int ComputeCapabilityMajor = 75;

    /// <summary><c>CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR</c>.</summary>
    public const int ComputeCapabilityMinor = 76;

    /// <summary><c>CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT</c>.</summary>
    public const int MultiprocessorCount = 16;

    /// <summary><c>CU_STREAM_NON_BLOCKING</c>.</summary>
    public const uint NonBlockingStream = 1;

    /// <summary><c>CU_STREAM_CAPTURE_MODE_THREAD_LOCAL</c>.</summary>
    public const int CaptureThreadLocal = 1;

    private static readonly Lock Gate = new();
    private static CudaDriver? _loaded;

    private readonly delegate* unmanaged<int, byte**, int> _getErrorName;
    private readonly delegate* unmanaged<int, byte**, int> _getErrorString;
    private readonly delegate* unmanaged<uint, int> _init;
    private readonly delegate* unmanaged<int*, int> _driverGetVersion;
    private readonly delegate* unmanaged<int*, int> _deviceGetCount;
    private readonly delegate* unmanaged<int*, int, int> _deviceGet;
    private readonly delegate* unmanaged<byte*, int, int, int> _deviceGetName;
    private readonly delegate* unmanaged<int*, int, int, int> _deviceGetAttribute;
    private readonly delegate* unmanaged<nuint*, int, int> _deviceTotalMemory;
    private readonly delegate* unmanaged<nint*, int, int> _primaryContextRetain;
    private readonly delegate* unmanaged<int, int> _primaryContextRelease;
    private readonly delegate* unmanaged<nint, int> _contextSetCurrent;
    private readonly delegate* unmanaged<nuint*, nuint*, int> _memoryInfo;
    private readonly delegate* unmanaged<nint*, nuint, int> _memoryAllocate;
    private readonly delegate* unmanaged<nint, int> _memoryFree;
    private readonly delegate* unmanaged<nint*, nuint, uint, int> _hostAllocate;
    private readonly delegate* unmanaged<nint, int> _hostFree;
    private readonly delegate* unmanaged<nint, byte, nuint, nint, int> _memorySet;
    private readonly delegate* unmanaged<nint, nint, nuint, nint, int> _copyToDevice;
    private readonly delegate* unmanaged<nint, nint, nuint, nint, int> _copyToHost;
    private readonly delegate* unmanaged<nint*, uint, int> _streamCreate;
    private readonly delegate* unmanaged<nint, int> _streamDestroy;
    private readonly delegate* unmanaged<nint, int> _streamSynchronize;
    private readonly delegate* unmanaged<nint, int, int> _streamBeginCapture;
    private readonly delegate* unmanaged<nint, nint*, int> _streamEndCapture;
    private readonly delegate* unmanaged<nint*, nint, ulong, int> _graphInstantiate;
    private readonly delegate* unmanaged<nint, nint, int> _graphLaunch;
    private readonly delegate* unmanaged<nint, int> _graphExecutableDestroy;
    private readonly delegate* unmanaged<nint, int> _graphDestroy;
    private readonly delegate* unmanaged<nint*, void*, int> _moduleLoad;
    private readonly delegate* unmanaged<nint, int> _moduleUnload;
    private readonly delegate* unmanaged<nint*, nint, byte*, int> _moduleGetFunction;
    private readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> _launch;

    private CudaDriver(nint library)
    {
        nint Find(string function) => NativeLibraryFile.Function(library, LibraryName, function);

        _getErrorName = (delegate* unmanaged<int, byte**, int>)Find("cuGetErrorName");
        _getErrorString = (delegate* unmanaged<int, byte**, int>)Find("cuGetErrorString");
        _init = (delegate* unmanaged<uint, int>)Find("cuInit");
        _driverGetVersion = (delegate* unmanaged<int*, int>)Find("cuDriverGetVersion");
        _deviceGetCount = (delegate* unmanaged<int*, int>)Find("cuDeviceGetCount");
        _deviceGet = (delegate* unmanaged<int*, int, int>)Find("cuDeviceGet");
        _deviceGetName = (delegate* unmanaged<byte*, int, int, int>)Find("cuDeviceGetName");
        _deviceGetAttribute = (delegate* unmanaged<int*, int, int, int>)Find("cuDeviceGetAttribute");
        _deviceTotalMemory = (delegate* unmanaged<nuint*, int, int>)Find("cuDeviceTotalMem_v2");
        _primaryContextRetain = (delegate* unmanaged<nint*, int, int>)Find("cuDevicePrimaryCtxRetain");
        _primaryContextRelease = (delegate* unmanaged<int, int>)Find("cuDevicePrimaryCtxRelease_v2");
        _contextSetCurrent = (delegate* unmanaged<nint, int>)Find("cuCtxSetCurrent");
        _memoryInfo = (delegate* unmanaged<nuint*, nuint*, int>)Find("cuMemGetInfo_v2");
        _memoryAllocate = (delegate* unmanaged<nint*, nuint, int>)Find("cuMemAlloc_v2");
        _memoryFree = (delegate* unmanaged<nint, int>)Find("cuMemFree_v2");
        _hostAllocate = (delegate* unmanaged<nint*, nuint, uint, int>)Find("cuMemHostAlloc");
        _hostFree = (delegate* unmanaged<nint, int>)Find("cuMemFreeHost");
        _memorySet = (delegate* unmanaged<nint, byte, nuint, nint, int>)Find("cuMemsetD8Async");
        _copyToDevice = (delegate* unmanaged<nint, nint, nuint, nint, int>)Find("cuMemcpyHtoDAsync_v2");
        _copyToHost = (delegate* unmanaged<nint, nint, nuint, nint, int>)Find("cuMemcpyDtoHAsync_v2");
        _streamCreate = (delegate* unmanaged<nint*, uint, int>)Find("cuStreamCreate");
        _streamDestroy = (delegate* unmanaged<nint, int>)Find("cuStreamDestroy_v2");
        _streamSynchronize = (delegate* unmanaged<nint, int>)Find("cuStreamSynchronize");
        _streamBeginCapture = (delegate* unmanaged<nint, int, int>)Find("cuStreamBeginCapture_v2");
        _streamEndCapture = (delegate* unmanaged<nint, nint*, int>)Find("cuStreamEndCapture");
        _graphInstantiate = (delegate* unmanaged<nint*, nint, ulong, int>)Find("cuGraphInstantiateWithFlags");
        _graphLaunch = (delegate* unmanaged<nint, nint, int>)Find("cuGraphLaunch");
        _graphExecutableDestroy = (delegate* unmanaged<nint, int>)Find("cuGraphExecDestroy");
        _graphDestroy = (delegate* unmanaged<nint, int>)Find("cuGraphDestroy");
        _moduleLoad = (delegate* unmanaged<nint*, void*, int>)Find("cuModuleLoadData");
        _moduleUnload = (delegate* unmanaged<nint, int>)Find("cuModuleUnload");
        _moduleGetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)Find("cuModuleGetFunction");
        _launch = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)Find("cuLaunchKernel");
    }

    /// <summary>Loads the driver once for the process and starts it.</summary>
    /// <exception cref="CudaException">There is none, it is too old, or it finds no GPU.</exception>
    public static CudaDriver Load()
    {
        lock (Gate)
        {
            return _loaded ??= Load(LibraryName);
        }
    }

    /// <summary>Loads a driver from a file and starts it.</summary>
    /// <exception cref="CudaException">See <see cref="Load()"/>.</exception>
    internal static CudaDriver Load(string library)
    {
        var handle = NativeLibraryFile.TryLoad([library], out var refusal);
        if (handle == 0)
        {
            throw new CudaException($"NVIDIA's driver library {library} can't be loaded: {refusal}. Install the NVIDIA driver; in a container, start it with the GPU passed through.");
        }

        var driver = new CudaDriver(handle);
        driver.Check(driver._init(0), "starting the driver (cuInit)");
        return driver;
    }

    /// <summary>The newest CUDA that the driver serves, such as 12.4.</summary>
    public Version Version
    {
        get
        {
            int version;
            Check(_driverGetVersion(&version), "asking for the driver's version");
            return new Version(version / 1000, version % 1000 / 10);
        }
    }

    /// <summary>Number of GPUs.</summary>
    public int DeviceCount
    {
        get
        {
            int count;
            Check(_deviceGetCount(&count), "counting GPUs");
            return count;
        }
    }

    /// <summary>Handle of a GPU.</summary>
    public int Device(int index)
    {
        int device;
        Check(_deviceGet(&device, index), $"opening GPU {index}");
        return device;
    }

    /// <summary>Name of a GPU.</summary>
    public string DeviceName(int device)
    {
        const int Length = 256;
        var name = stackalloc byte[Length];
        Check(_deviceGetName(name, Length, device), "asking for a GPU's name");
        return Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
    }

    /// <summary>An attribute of a GPU.</summary>
    public int DeviceAttribute(int attribute, int device)
    {
        int value;
        Check(_deviceGetAttribute(&value, attribute, device), $"asking for attribute {attribute} of a GPU");
        return value;
    }

    /// <summary>Memory of a GPU in bytes.</summary>
    public long DeviceMemory(int device)
    {
        nuint bytes;
        Check(_deviceTotalMemory(&bytes, device), "asking for a GPU's memory");
        return (long)bytes;
    }

    /// <summary>Takes the context that everybody in this process shares, libtorch too, and makes it this thread's.</summary>
    public void RetainContext(int device)
    {
        nint context;
        Check(_primaryContextRetain(&context, device), "making a context on the GPU");
        Check(_contextSetCurrent(context), "choosing the GPU's context");
    }

    /// <summary>Gives the context back.</summary>
    public void ReleaseContext(int device) => Check(_primaryContextRelease(device), "giving the GPU's context back");

    /// <summary>Free bytes of the GPU of this thread's context.</summary>
    public long FreeMemory()
    {
        nuint free, total;
        Check(_memoryInfo(&free, &total), "asking for free memory");
        return (long)free;
    }

    /// <summary>Takes memory on the GPU.</summary>
    public nint Allocate(long bytes)
    {
        nint address;
        Check(_memoryAllocate(&address, (nuint)bytes), $"taking {bytes} bytes on the GPU");
        return address;
    }

    /// <summary>Gives memory on the GPU back.</summary>
    public void Free(nint address) => Check(_memoryFree(address), "giving memory back");

    /// <summary>Takes memory of this machine that the GPU can read and write while the processor goes on.</summary>
    public nint AllocateHost(long bytes)
    {
        nint address;
        Check(_hostAllocate(&address, (nuint)bytes, 0), $"taking {bytes} pinned bytes");
        return address;
    }

    /// <summary>Gives such memory back.</summary>
    public void FreeHost(nint address) => Check(_hostFree(address), "giving pinned memory back");

    /// <summary>Fills memory of the GPU.</summary>
    public void Fill(nint address, byte value, long bytes, nint stream) => Check(_memorySet(address, value, (nuint)bytes, stream), "filling memory");

    /// <summary>Copies to the GPU.</summary>
    public void CopyToDevice(nint target, nint source, long bytes, nint stream) => Check(_copyToDevice(target, source, (nuint)bytes, stream), "copying to the GPU");

    /// <summary>Copies from the GPU.</summary>
    public void CopyToHost(nint target, nint source, long bytes, nint stream) => Check(_copyToHost(target, source, (nuint)bytes, stream), "copying from the GPU");

    /// <summary>Makes a stream that does not wait for the default one.</summary>
    public nint CreateStream()
    {
        nint stream;
        Check(_streamCreate(&stream, NonBlockingStream), "making a stream");
        return stream;
    }

    /// <summary>Ends a stream.</summary>
    public void DestroyStream(nint stream) => Check(_streamDestroy(stream), "ending a stream");

    /// <summary>Waits for all that a stream was given. Faults of kernels come to light here.</summary>
    public void Synchronize(nint stream) => Check(_streamSynchronize(stream), "waiting for the GPU");

    /// <summary>From now on a stream's work is recorded, not done.</summary>
    public void BeginCapture(nint stream) => Check(_streamBeginCapture(stream, CaptureThreadLocal), "recording a graph");

    /// <summary>Ends the recording and makes a graph of it that can be launched.</summary>
    public nint EndCapture(nint stream)
    {
        nint graph, executable;
        Check(_streamEndCapture(stream, &graph), "ending the recording of a graph");
        try
        {
            Check(_graphInstantiate(&executable, graph, 0), "making a graph");
            return executable;
        }
        finally
        {
            Check(_graphDestroy(graph), "giving a recording back");
        }
    }

    /// <summary>Launches a graph.</summary>
    public void LaunchGraph(nint graph, nint stream) => Check(_graphLaunch(graph, stream), "launching a graph");

    /// <summary>Gives a graph back.</summary>
    public void DestroyGraph(nint graph) => Check(_graphExecutableDestroy(graph), "giving a graph back");

    /// <summary>Loads compiled kernels: machine code, or PTX with a zero at its end.</summary>
    public nint LoadModule(ReadOnlySpan<byte> image)
    {
        nint module;
        fixed (byte* bytes = image)
        {
            Check(_moduleLoad(&module, bytes), "loading kernels");
        }

        return module;
    }

    /// <summary>Gives kernels back.</summary>
    public void UnloadModule(nint module) => Check(_moduleUnload(module), "giving kernels back");

    /// <summary>A kernel by its name.</summary>
    public nint Function(nint module, string name)
    {
        nint function;
        fixed (byte* bytes = Encoding.ASCII.GetBytes(name + "\0"))
        {
            Check(_moduleGetFunction(&function, module, bytes), $"finding the kernel {name}");
        }

        return function;
    }

    /// <summary>Launches a kernel that takes one structure.</summary>
    public void Launch(nint function, GridSize grid, int threads, void* arguments, nint stream)
        => Check(_launch(function, (uint)grid.X, (uint)grid.Y, (uint)grid.Z, (uint)threads, 1, 1, 0, stream, &arguments, null), "launching a kernel");

    private void Check(int result, string doing)
    {
        if (result != 0)
        {
            throw new CudaException($"CUDA failed at {doing}: {Describe(result)}.{Advice(result)}", result);
        }
    }

    private string Describe(int result)
    {
        byte* name = null, text = null;
        var known = _getErrorName(result, &name) == 0 && _getErrorString(result, &text) == 0 && name is not null && text is not null;
        return known
            ? $"{Encoding.ASCII.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name))}, {Encoding.ASCII.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text))}"
            : $"error {result}";
    }

    // The numbers are CUresult's.
    private static string Advice(int result) => result switch
    {
        2 => " Lower Worker:Native:CacheTokens or Slots, quantise the weights, or end what else uses the GPU.",
        34 => " What was loaded is a stub of the driver, for building only: take its folder out of LD_LIBRARY_PATH.",
        100 => " The driver sees no GPU: see what nvidia-smi says; a container needs the GPU passed through.",
        803 or 804 => " The driver library does not fit the driver in the kernel: install both in the same version, or restart after an update.",
        999 or 3 => " See what nvidia-smi and the kernel's log say; a restart of the machine may be needed.",
        _ => "",
    };
}
