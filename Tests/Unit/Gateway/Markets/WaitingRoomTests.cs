using CocoonOrleans.Gateway.Markets;

namespace CocoonOrleans.Tests.Unit.Gateway.Markets;

public sealed class WaitingRoomTests
{
    private readonly WaitingRoom _room = new(3);

    [Fact]
    public void TryEnter_FullRoom_GivesNothing()
    {
        Assert.All(Enumerable.Range(0, 3), _ => Assert.NotNull(_room.TryEnter()));

        Assert.Null(_room.TryEnter());
    }

    [Fact]
    public void TryEnter_AfterOneLeft_HasRoom()
    {
        WaitingRoom.Ticket first = _room.TryEnter()!;
        _room.TryEnter();
        _room.TryEnter();
        first.Dispose();

        Assert.NotNull(_room.TryEnter());
    }

    [Fact]
    public void Call_OneSlot_WakesTheFirstOnly()
    {
        Task first = WaitAsync(_room.TryEnter()!);
        Task second = WaitAsync(_room.TryEnter()!);

        _room.Call(1);

        Assert.True(Ended(first));
        Assert.False(second.IsCompleted);
    }

    [Fact]
    public async Task Call_FirstFoundNothingAndWaitsAgain_KeepsItsPlace()
    {
        WaitingRoom.Ticket first = _room.TryEnter()!;
        Task second = WaitAsync(_room.TryEnter()!);
        _room.Call(1);
        await first.WaitAsync(CancellationToken.None);

        Task again = WaitAsync(first);
        _room.Call(1);

        Assert.True(Ended(again));
        Assert.False(second.IsCompleted);
    }

    [Fact]
    public void Call_TwoSlots_WakeTwo()
    {
        Task first = WaitAsync(_room.TryEnter()!);
        Task second = WaitAsync(_room.TryEnter()!);

        _room.Call(2);

        Assert.True(Ended(first));
        Assert.True(Ended(second));
    }

    [Fact]
    public void Leave_CalledButGone_PassesTheCallOn()
    {
        WaitingRoom.Ticket first = _room.TryEnter()!;
        Task second = WaitAsync(_room.TryEnter()!);
        _room.Call(1);

        first.Dispose();

        Assert.True(Ended(second));
    }

    [Fact]
    public async Task Wait_CalledBefore_DoesNotWait()
    {
        WaitingRoom.Ticket ticket = _room.TryEnter()!;
        _room.Call(1);

        await ticket.WaitAsync(CancellationToken.None);
        Assert.False(WaitAsync(ticket).IsCompleted);
    }

    [Fact]
    public async Task Wait_Cancelled_Ends()
    {
        using var cancellation = new CancellationTokenSource();
        Task waiting = _room.TryEnter()!.WaitAsync(cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private static Task WaitAsync(WaitingRoom.Ticket ticket) => ticket.WaitAsync(CancellationToken.None);

    private static bool Ended(Task task) => SpinWait.SpinUntil(() => task.IsCompleted, TimeSpan.FromSeconds(10));
}
