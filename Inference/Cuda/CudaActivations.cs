using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Cuda.Arguments;
using CocoonOrleans.Inference.Cuda.Driver;

namespace CocoonOrleans.Inference.Cuda;

/// <summary>Memory of a GPU for rows of activations: floats and, where integer weights meet them, int8 with scales.</summary>
internal sealed class CudaActivations : IDisposable
{
    private readonly List<DeviceMemory> _memory = [];

    /// <param name="device">The GPU.</param>
    /// <param name="rows">The most rows.</param>
    /// <param name="columns">Numbers of a row; padded with zeros to a multiple of 32.</param>
    /// <param name="quantized">Whether they are needed as int8 too.</param>
    public CudaActivations(ICudaDevice device, int rows, int columns, bool quantized = false)
    {
        nint Take(long bytes)
        {
            _memory.Add(new DeviceMemory(device, bytes));
            return _memory[^1].Address;
        }

        var stride = WeightMatrix.Pad(columns, WeightMatrix.GroupColumns);
        var numbers = (long)rows * stride;
        var groups = numbers / WeightMatrix.GroupColumns;
        Device = new DeviceActivations { Values = Take(numbers * sizeof(float)), Stride = stride };
        if (quantized)
        {
            Device = Device with { Bytes = Take(numbers), Scales = Take(groups * sizeof(float)), Sums = Take(groups * sizeof(int)) };
        }
    }

    /// <summary>How kernels are told of it.</summary>
    public DeviceActivations Device { get; }

    /// <summary>Address of the first row's floats.</summary>
    public nint Values => Device.Values;

    /// <summary>Numbers of a row with what pads it.</summary>
    public int Stride => Device.Stride;

    /// <inheritdoc/>
    public void Dispose() => _memory.ForEach(memory => memory.Dispose());
}
