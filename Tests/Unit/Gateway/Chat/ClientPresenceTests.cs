using CocoonOrleans.Gateway.Chat;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Unit.Gateway.Chat;

public sealed class ClientPresenceTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _connection = new();

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    [Fact]
    public void Gone_NoGrace_IsCancelledWithTheConnection()
    {
        using var presence = new ClientPresence(_connection.Token, TimeSpan.Zero, _time);

        _connection.Cancel();

        Assert.True(presence.Gone.IsCancellationRequested);
    }

    [Fact]
    public void Gone_Grace_IsCancelledWhenItIsOver()
    {
        using var presence = new ClientPresence(_connection.Token, TimeSpan.FromSeconds(2), _time);

        _connection.Cancel();
        Assert.False(presence.Gone.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(presence.Gone.IsCancellationRequested);
    }

    [Fact]
    public void Gone_SomebodyComesBackWithinTheGrace_GraceBeginsAnewWhenTheyLeave()
    {
        using var presence = new ClientPresence(_connection.Token, TimeSpan.FromSeconds(2), _time);

        _connection.Cancel();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(presence.IsDeserted);
        presence.Return();
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.False(presence.Gone.IsCancellationRequested);
        presence.Leave();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(presence.Gone.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(presence.Gone.IsCancellationRequested);
    }
}
