using System.Net.Security;

namespace CocoonOrleans.Tunnel.Accepting;

/// <summary>
/// An SslStream that says when it was let go of. A subclass, not a wrapper: no cost per call, and the HTTP/2 client tells by its disposal that the
/// connection is over, whatever the reason.
/// </summary>
internal sealed class TunnelStream(Stream inner) : SslStream(inner, leaveInnerStreamOpen: false)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Ended => _ended.Task;

    protected override void Dispose(bool disposing)
    {
        _ended.TrySetResult();
        base.Dispose(disposing);
    }

    public override ValueTask DisposeAsync()
    {
        _ended.TrySetResult();
        return base.DisposeAsync();
    }
}
