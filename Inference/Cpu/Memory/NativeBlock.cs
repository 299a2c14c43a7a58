using System.Runtime.InteropServices;

namespace CocoonOrleans.Inference.Cpu.Memory;

/// <summary>
/// A block of memory outside the garbage-collected heap for weights, activations and cached keys: zeroed when it comes and zeroed before it goes. Large blocks are aligned
/// to huge pages and ask for them (Linux, <c>madvise(2)</c>, MADV_HUGEPAGE): a kernel bound by memory runs up to twice as fast on them.
/// Whoever holds a pointer into it keeps the block alive.
/// </summary>
internal sealed unsafe class NativeBlock : SafeHandle
{
    /// <summary>Alignment of small blocks: a cache line, which is also the widest vector.</summary>
    public const int LineBytes = 64;

    /// <summary>Size of a huge page, and the size from which on blocks are aligned to one.</summary>
    public const int HugePageBytes = 2 << 20;

    private const int MadviseHugePage = 14;

    /// <summary>Takes memory.</summary>
    /// <param name="bytes">Its size, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is not positive.</exception>
    /// <exception cref="OutOfMemoryException">The system has not so much.</exception>
    public NativeBlock(long bytes)
        : base(0, ownsHandle: true)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        Bytes = bytes;
        var huge = bytes >= HugePageBytes;
        var alignment = huge ? HugePageBytes : LineBytes;
        Reserved = checked((bytes + alignment - 1) / alignment * alignment);
        var memory = NativeMemory.AlignedAlloc((nuint)Reserved, (nuint)alignment);
        SetHandle((nint)memory);
        if (huge && OperatingSystem.IsLinux())
        {
            // Before the first touch. Where the kernel has no huge pages the answer is an error, and plain pages serve.
            _ = Madvise(memory, (nuint)Reserved, MadviseHugePage);
        }

        NativeMemory.Clear(memory, (nuint)Reserved);
    }

    /// <summary>Bytes asked for.</summary>
    public long Bytes { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    private long Reserved { get; }

    /// <summary>A pointer to some elements of the block.</summary>
    /// <param name="elements">How many elements the caller will touch.</param>
    /// <param name="offset">Elements before the first of them.</param>
    /// <exception cref="ArgumentOutOfRangeException">They don't lie inside the block.</exception>
    /// <exception cref="ObjectDisposedException">The block is gone.</exception>
    public T* Pointer<T>(long elements, long offset = 0)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(elements);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(checked((elements + offset) * sizeof(T)), Bytes, nameof(elements));
        return (T*)handle + offset;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMemory.Clear((void*)handle, (nuint)Reserved);
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }

    [DllImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Madvise(void* address, nuint length, int advice);
}
