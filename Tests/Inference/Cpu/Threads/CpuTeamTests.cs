using CocoonOrleans.Inference.Cpu.Threads;

namespace CocoonOrleans.Tests.Inference.Cpu.Threads;

public sealed class CpuTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Run_ManyTimes_DoesEachChunkOnceBeforeItReturns(int threads)
    {
        using var team = new CpuTeam(threads);
        var counts = new Counts(200);
        for (var round = 1; round <= 2000; round++)
        {
            team.Run(counts, round % 200);

            Assert.All(counts.Values[..(round % 200)], count => Assert.Equal(1, count));
            Array.Clear(counts.Values);
        }
    }

    [Fact]
    public void Run_AfterTheThreadsFellAsleep_WakesThem()
    {
        using var team = new CpuTeam(2);
        for (var round = 0; round < 20; round++)
        {
            // Both chunks wait for each other: only two threads at once get through.
            using var together = new Barrier(2);
            team.Run(new Meeting(together), 2);
            SpinWait.SpinUntil(() => false, 2);
        }
    }

    [Fact]
    public void Run_WorkThatThrows_ThrowsItAndGoesOn()
    {
        using var team = new CpuTeam(3);

        for (var round = 0; round < 50; round++)
        {
            Assert.Throws<InvalidOperationException>(() => team.Run(new Failing(), 20));
        }

        var counts = new Counts(20);
        team.Run(counts, 20);
        Assert.All(counts.Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public void Run_NoTwoChunksAtOnce_HaveTheSameThreadNumber()
    {
        using var team = new CpuTeam(4);
        var work = new ThreadNumbers();

        team.Run(work, 5000);

        Assert.False(work.Collided);
    }

    [Fact]
    public void Run_TooManyChunksOrAfterDispose_IsRefused()
    {
        var team = new CpuTeam(2);
        Assert.Throws<ArgumentOutOfRangeException>(() => team.Run(new Counts(1), CpuTeam.MaximumChunks + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => team.Run(new Counts(1), -1));
        team.Dispose();

        Assert.Throws<ObjectDisposedException>(() => team.Run(new Counts(1), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CpuTeam(0));
    }

    private sealed class Counts(int chunks) : IChunkedWork
    {
        public int[] Values { get; } = new int[chunks];

        public void Run(int chunk, int thread) => Interlocked.Increment(ref Values[chunk]);
    }

    private sealed class Meeting(Barrier barrier) : IChunkedWork
    {
        public void Run(int chunk, int thread) => Assert.True(barrier.SignalAndWait(TimeSpan.FromMinutes(1)));
    }

    private sealed class Failing : IChunkedWork
    {
        public void Run(int chunk, int thread) => throw new InvalidOperationException("as planned");
    }

    private sealed class ThreadNumbers : IChunkedWork
    {
        private readonly int[] _inside = new int[4];

        public bool Collided { get; private set; }

        public void Run(int chunk, int thread)
        {
            Collided |= Interlocked.Increment(ref _inside[thread]) != 1;
            Thread.SpinWait(50);
            Interlocked.Decrement(ref _inside[thread]);
        }
    }
}
