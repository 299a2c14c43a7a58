using System.Diagnostics;
using CocoonOrleans.Inference.Cuda;
using CocoonOrleans.Inference.Cuda.Arguments;
using CocoonOrleans.Inference.Cuda.Driver;

namespace CocoonOrleans.Benchmarks.Gpu;

/// <summary>How fast a GPU reads its memory: what no decoder at batch 1 can beat.</summary>
internal static class GpuBandwidth
{
    private const int Blocks = 4096;
    private const int Threads = 256;
    private const int PieceBytes = 16;

    /// <summary>Reads memory some times.</summary>
    /// <param name="device">The GPU.</param>
    /// <param name="bytes">How much; more than its caches hold.</param>
    /// <param name="times">How often.</param>
    /// <returns>Bytes a second, the best of all.</returns>
    public static double Measure(ICudaDevice device, long bytes, int times)
    {
        using var kernels = device.Compile(new KernelShape(64, 1, KernelShape.DefaultSplitTokens, Quantized: false, HalfCache: false));
        using var memory = new DeviceMemory(device, bytes / PieceBytes * PieceBytes);
        using var sums = new DeviceMemory(device, Blocks * sizeof(uint));
        var arguments = new BandwidthArguments { Memory = memory.Address, Sums = sums.Address, Pieces = bytes / PieceBytes };
        var best = double.PositiveInfinity;
        for (var i = 0; i <= times; i++)
        {
            device.Synchronize();
            var start = Stopwatch.GetTimestamp();
            device.Launch(kernels["read_memory"], new GridSize(Blocks), Threads, arguments);
            device.Synchronize();

            // The first launch loads the kernel.
            best = i > 0 ? Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds) : best;
        }

        return memory.Bytes / best;
    }
}
