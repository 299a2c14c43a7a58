namespace CocoonOrleans.Inference.Cuda.Driver;

/// <summary>Memory of a GPU: zeroed when it comes and zeroed before it goes.</summary>
internal sealed class DeviceMemory : IDisposable
{
    private readonly ICudaDevice _device;

    /// <param name="device">The GPU.</param>
    /// <param name="bytes">Its size, at least 1.</param>
    /// <exception cref="CudaException">The GPU has not so much.</exception>
    public DeviceMemory(ICudaDevice device, long bytes)
    {
        (_device, Bytes) = (device, bytes);
        Address = device.Allocate(bytes);
    }

    /// <summary>Where it lies; 0 once it is given back.</summary>
    public nint Address { get; private set; }

    /// <summary>Its size.</summary>
    public long Bytes { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Address != 0)
        {
            _device.Zero(Address, Bytes);
            _device.Free(Address);
            Address = 0;
        }
    }
}
