using CocoonOrleans.Inference.Cuda;
using CocoonOrleans.Inference.Cuda.Driver;

namespace CocoonOrleans.Tests.Inference.Cuda;

public sealed class StepGraphsTests
{
    /// <summary>A stream that goes on recording would compute nothing of any later step.</summary>
    [Fact]
    public void Record_LaunchFails_StreamRecordsNoMore()
    {
        using var device = new RecordingDevice();
        using var graphs = new StepGraphs(device);

        Assert.Throws<CudaException>(() => graphs.Record(1, 1, () => throw new CudaException("no launch")));

        Assert.False(device.Records);
        Assert.Equal(0, graphs.Count);
        graphs.Record(1, 1, () => Assert.True(device.Records));
        Assert.Equal((1, false), (graphs.Count, device.Records));
        Assert.True(graphs.TryLaunch(1, 1));
    }

    /// <summary>Records, and does nothing else.</summary>
    private sealed class RecordingDevice : ICudaDevice
    {
        public bool Records { get; private set; }

        public long FreeBytes => 0;

        public void BeginCapture() => Records = Records ? throw new CudaException("it records already") : true;

        public nint EndCapture()
        {
            Records = false;
            return 1;
        }

        public void LaunchGraph(nint graph) => Assert.False(Records);

        public void FreeGraph(nint graph) => Assert.False(Records);

        public void Synchronize() => Assert.False(Records);

        public nint Allocate(long bytes) => throw new NotSupportedException();

        public void Free(nint address) => throw new NotSupportedException();

        public nint AllocatePinned(long bytes) => throw new NotSupportedException();

        public void FreePinned(nint address) => throw new NotSupportedException();

        public void Zero(nint address, long bytes) => throw new NotSupportedException();

        public void Upload(nint target, nint source, long bytes) => throw new NotSupportedException();

        public void Download(nint target, nint source, long bytes) => throw new NotSupportedException();

        public ICudaKernels Compile(KernelShape shape) => throw new NotSupportedException();

        public void Launch<T>(nint kernel, GridSize grid, int threads, in T arguments)
            where T : unmanaged
            => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
