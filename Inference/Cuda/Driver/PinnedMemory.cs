namespace CocoonOrleans.Inference.Cuda.Driver;

/// <summary>Memory of this machine that a GPU copies from and to: zeroed when it comes and zeroed before it goes.</summary>
internal sealed unsafe class PinnedMemory : IDisposable
{
    private readonly ICudaDevice _device;
    private nint _address;

    /// <param name="device">The GPU.</param>
    /// <param name="bytes">Its size, from 1 to 2^31 - 1.</param>
    public PinnedMemory(ICudaDevice device, long bytes)
    {
        _device = device;
        Length = checked((int)bytes);
        _address = device.AllocatePinned(bytes);
        new Span<byte>((void*)_address, Length).Clear();
    }

    /// <summary>Its size in bytes.</summary>
    public int Length { get; }

    /// <summary>Where it lies.</summary>
    public nint Address => _address;

    /// <summary>A part of it.</summary>
    /// <param name="offset">Elements before it.</param>
    /// <param name="count">Its elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">It doesn't lie inside.</exception>
    public Span<T> Span<T>(int offset, int count)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_address == 0, this);
        return new Span<T>((void*)_address, Length / sizeof(T)).Slice(offset, count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_address != 0)
        {
            _device.Synchronize();
            new Span<byte>((void*)_address, Length).Clear();
            _device.FreePinned(_address);
            _address = 0;
        }
    }
}
