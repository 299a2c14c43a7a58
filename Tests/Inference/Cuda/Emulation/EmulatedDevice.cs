using System.Runtime.InteropServices;
using CocoonOrleans.Inference.Cuda;
using CocoonOrleans.Inference.Cuda.Driver;

namespace CocoonOrleans.Tests.Inference.Cuda.Emulation;

/// <summary>
/// NOT a GPU: an emulation for tests, which runs our kernels' sources on the processor, thread by thread. What is asked is done at <see cref="Synchronize"/> and not before, so
/// whoever forgets to wait reads what was there earlier; what writes beside its memory is found.
/// </summary>
internal sealed unsafe class EmulatedDevice : ICudaDevice
{
    private const int Fence = 256;
    private const byte FenceByte = 0xA5;

    // A built library has one set of threads.
    private static readonly Lock Running = new();

    private readonly Dictionary<nint, long> _memory = [];
    private readonly Dictionary<nint, List<Action>> _graphs = [];
    private readonly List<Action> _queue = [];
    private List<Action>? _recording;

    /// <summary>In which order the threads of a block run: 0 for theirs, 1 for backwards, another number for a shuffle.</summary>
    public uint Order { get; init; }

    /// <summary>Launches of kernels so far, those of graphs not among them.</summary>
    public int Launches { get; private set; }

    /// <summary>Launches of graphs so far.</summary>
    public int GraphLaunches { get; private set; }

    /// <summary>Pieces of memory that nobody gave back.</summary>
    public int Taken => _memory.Count;

    public long FreeBytes => 1L << 30;

    public nint Allocate(long bytes)
    {
        var block = (byte*)NativeMemory.AlignedAlloc((nuint)(bytes + (2 * Fence)), Fence);
        NativeMemory.Fill(block, (nuint)(bytes + (2 * Fence)), FenceByte);
        NativeMemory.Clear(block + Fence, (nuint)bytes);
        _memory.Add((nint)(block + Fence), bytes);
        return (nint)(block + Fence);
    }

    public void Free(nint address)
    {
        Synchronize();
        Assert.True(new ReadOnlySpan<byte>((void*)address, checked((int)_memory[address])).IndexOfAnyExcept((byte)0) < 0, "memory is given back that still holds something");
        Give(address);
    }

    public nint AllocatePinned(long bytes) => Allocate(bytes);

    public void FreePinned(nint address)
    {
        Assert.Empty(_queue);
        Give(address);
    }

    public void Zero(nint address, long bytes) => Add(() => NativeMemory.Clear((void*)address, (nuint)bytes));

    public void Upload(nint target, nint source, long bytes) => Copy(target, source, bytes);

    public void Download(nint target, nint source, long bytes) => Copy(target, source, bytes);

    public void Synchronize()
    {
        Assert.Null(_recording);
        lock (Running)
        {
            _queue.ForEach(work => work());
            _queue.Clear();
        }

        foreach (var (address, bytes) in _memory)
        {
            CheckFences(address, bytes);
        }
    }

    /// <summary>Drops work that failed, so that memory can be given back.</summary>
    public void Forget() => _queue.Clear();

    public ICudaKernels Compile(KernelShape shape) => new EmulatedKernels(HostCompiler.Build(shape));

    public void Launch<T>(nint kernel, GridSize grid, int threads, in T arguments)
        where T : unmanaged
    {
        Assert.True(grid is { X: > 0, Y: > 0 and <= 65_535, Z: > 0 and <= 65_535 }, $"a GPU has no grid {grid}");
        var (copy, order) = (arguments, Order);
        Add(() => Run(kernel, grid, threads, copy, order), recorded: true);
        Launches++;
    }

    public void BeginCapture()
    {
        Assert.Null(_recording);
        _recording = [];
    }

    public nint EndCapture()
    {
        var graph = _graphs.Count + 1;
        _graphs.Add(graph, _recording!);
        _recording = null;
        return graph;
    }

    public void LaunchGraph(nint graph)
    {
        GraphLaunches++;
        _graphs[graph].ForEach(work => Add(work));
    }

    public void FreeGraph(nint graph) => Assert.True(_graphs.Remove(graph));

    public void Dispose() => Assert.Empty(_memory);

    private static void Run<T>(nint kernel, GridSize grid, int threads, T arguments, uint order)
        where T : unmanaged
    {
        var size = stackalloc uint[] { (uint)grid.X, (uint)grid.Y, (uint)grid.Z };
        var error = ((delegate* unmanaged<void*, uint, uint*, uint, uint, nint>)kernel)(&arguments, (uint)sizeof(T), size, (uint)threads, order);
        if (error != 0)
        {
            throw new CudaException(Marshal.PtrToStringUTF8(error)!);
        }
    }

    private void Copy(nint target, nint source, long bytes)
    {
        Assert.True(Holds(target, bytes) && Holds(source, bytes), "a copy leaves its memory");
        Add(() => NativeMemory.Copy((void*)source, (void*)target, (nuint)bytes));
    }

    private bool Holds(nint address, long bytes) => _memory.Any(piece => address >= piece.Key && address + bytes <= piece.Key + piece.Value);

    private void Add(Action work, bool recorded = false)
    {
        if (_recording is { } recording)
        {
            Assert.True(recorded, "nothing but launches can be recorded");
            recording.Add(work);
        }
        else
        {
            _queue.Add(work);
        }
    }

    private void Give(nint address)
    {
        _memory.Remove(address, out var bytes);
        CheckFences(address, bytes);
        NativeMemory.AlignedFree((byte*)address - Fence);
    }

    private static void CheckFences(nint address, long bytes)
    {
        Assert.True(new ReadOnlySpan<byte>((byte*)address - Fence, Fence).IndexOfAnyExcept(FenceByte) < 0, "something wrote in front of its memory");
        Assert.True(new ReadOnlySpan<byte>((byte*)address + bytes, Fence).IndexOfAnyExcept(FenceByte) < 0, "something wrote behind its memory");
    }
}
