using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Attestation;

/// <summary>A clock that tests move, and that tells them when somebody begins to wait, and for how long.</summary>
internal sealed class WatchedTime : FakeTimeProvider
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    public WatchedTime()
    {
    }

    public WatchedTime(DateTimeOffset start)
        : base(start)
    {
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>The next wait that somebody began.</summary>
    public async Task<TimeSpan> WaitBegunAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        return await _waits.Reader.ReadAsync(deadline.Token);
    }
}
