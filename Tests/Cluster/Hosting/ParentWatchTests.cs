using System.IO.Pipelines;
using CocoonOrleans.Silo.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace CocoonOrleans.Tests.Cluster.Hosting;

public sealed class ParentWatchTests
{
    [Fact]
    public async Task ParentWatch_InputEnds_StopsTheApplication()
    {
        var pipe = new Pipe();
        var lifetime = new Lifetime();
        using var watch = new ParentWatch(pipe.Reader.AsStream(), lifetime, NullLogger<ParentWatch>.Instance);
        await watch.StartAsync(CancellationToken.None);
        await pipe.Writer.WriteAsync("still here\n"u8.ToArray());
        Assert.False(lifetime.Stopped.Task.IsCompleted);

        await pipe.Writer.CompleteAsync();

        await lifetime.Stopped.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public TaskCompletionSource Stopped { get; } = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => Stopped.TrySetResult();
    }
}
