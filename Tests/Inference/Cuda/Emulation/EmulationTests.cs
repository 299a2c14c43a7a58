using CocoonOrleans.Inference.Cuda;
using CocoonOrleans.Inference.Cuda.Driver;

namespace CocoonOrleans.Tests.Inference.Cuda.Emulation;

/// <summary>Whether the emulation notices what it is there to notice.</summary>
public sealed class EmulationTests
{
    private const int Threads = 64;

    /// <summary>Each thread gives a number to the next one, through shared memory.</summary>
    private const string Source = """
        struct Arguments { int *target; int barrier; int early; };
        KERNEL(pass_on, Arguments, 64)
        {
            __shared__ int numbers[64];
            if ((int)threadIdx.x < a.early)
            {
                return;
            }

            numbers[threadIdx.x] = 100 + (int)threadIdx.x;
            if (a.barrier)
            {
                __syncthreads();
            }

            a.target[threadIdx.x] = numbers[(threadIdx.x + 1) % 64];
        }
        """;

    private struct Arguments
    {
        public nint Target;
        public int Barrier;
        public int Early;
    }

    [SkippableTheory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(77u)]
    public void Launch_WithABarrier_GivesTheSameInAnyOrder(uint order)
        => Assert.Equal(Enumerable.Range(0, Threads).Select(i => 100 + ((i + 1) % Threads)), Run(order, barrier: 1));

    [SkippableTheory]
    [InlineData(0u)]
    [InlineData(1u)]
    public void Launch_WithoutTheBarrier_ReadsGarbage(uint order)
        => Assert.Contains(-1, Run(order, barrier: 0));

    [SkippableFact]
    public void Launch_ThreadsThatMissTheBarrier_AreAnErrorAndTheNextLaunchWorks()
    {
        var error = Assert.Throws<CudaException>(() => Run(0, barrier: 1, early: 3));

        Assert.Contains("not all of its threads reach the same barrier", error.Message);
        Launch_WithABarrier_GivesTheSameInAnyOrder(0);
    }

    private static int[] Run(uint order, int barrier, int early = 0)
    {
        HostCompiler.SkipIfAbsent();
        using var kernels = new EmulatedKernels(HostCompiler.Build(Source, []));
        using var device = new EmulatedDevice { Order = order };
        using var target = new DeviceMemory(device, Threads * sizeof(int));
        using var read = new PinnedMemory(device, target.Bytes);

        device.Launch(kernels["pass_on"], new GridSize(1), Threads, new Arguments { Target = target.Address, Barrier = barrier, Early = early });
        device.Download(read.Address, target.Address, target.Bytes);
        try
        {
            device.Synchronize();
            return read.Span<int>(0, Threads).ToArray();
        }
        finally
        {
            device.Forget();
        }
    }
}
