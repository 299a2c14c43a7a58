using System.IO.Pipelines;
using CocoonOrleans.Market.Hosting;

namespace CocoonOrleans.Tests.Unit.Market.Hosting;

public sealed class ParentWatchTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Begin_InputEnds_SaysSoOnce()
    {
        var pipe = new Pipe();
        var ended = new TaskCompletionSource();
        ParentWatch.Begin(pipe.Reader.AsStream(), ended.SetResult);
        await pipe.Writer.WriteAsync("still here\n"u8.ToArray());
        Assert.False(ended.Task.IsCompleted);

        await pipe.Writer.CompleteAsync();

        await ended.Task.WaitAsync(Deadline, TimeProvider.System);
    }

    [Fact]
    public async Task Begin_InputBreaks_IsItsEnd()
    {
        var pipe = new Pipe();
        var ended = new TaskCompletionSource();
        ParentWatch.Begin(pipe.Reader.AsStream(), ended.SetResult);

        await pipe.Writer.CompleteAsync(new IOException("broken"));

        await ended.Task.WaitAsync(Deadline, TimeProvider.System);
    }
}
