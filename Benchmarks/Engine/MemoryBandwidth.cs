using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CocoonOrleans.Inference.Cpu.Memory;
using CocoonOrleans.Inference.Cpu.Threads;

namespace CocoonOrleans.Benchmarks.Engine;

/// <summary>How fast this machine reads memory: what no decoder at batch 1 can beat.</summary>
/// <param name="team">Threads.</param>
/// <param name="bytes">How much is read: as much as what it is compared with, so that the caches help both alike.</param>
internal sealed unsafe class MemoryBandwidth(CpuTeam team, long bytes) : IChunkedWork, IDisposable
{
    private const int ChunkBytes = 128 << 10;

    private readonly int _chunks = (int)((bytes + ChunkBytes - 1) / ChunkBytes);
    private readonly NativeBlock _block = new((bytes + ChunkBytes - 1) / ChunkBytes * ChunkBytes);
    private long _sum;

    /// <summary>Reads all of it once.</summary>
    /// <returns>Bytes a second.</returns>
    public double Measure()
    {
        var start = Stopwatch.GetTimestamp();
        team.Run(this, _chunks);
        return _block.Bytes / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int chunk, int thread)
    {
        unchecked
        {
            var start = _block.Pointer<long>(ChunkBytes / sizeof(long), (long)chunk * ChunkBytes / sizeof(long));
            Vector256<long> first = default, second = default, third = default, fourth = default;
            for (var i = 0; i < ChunkBytes / sizeof(long); i += 16)
            {
                first += Vector256.Load(start + i);
                second += Vector256.Load(start + i + 4);
                third += Vector256.Load(start + i + 8);
                fourth += Vector256.Load(start + i + 12);
            }

            // So that nothing of it can be left out.
            Interlocked.Add(ref _sum, Vector256.Sum(first + second + third + fourth));
        }
    }

    public void Dispose() => _block.Dispose();
}
