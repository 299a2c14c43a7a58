using CocoonOrleans.Gateway.Completions;

namespace CocoonOrleans.Tests.Unit.Gateway.Completions;

public sealed class RunningJobsTests
{
    private readonly RunningJobs _running = new();
    private readonly Guid _job = Guid.NewGuid();

    [Fact]
    public void TryAdd_RunsAlready_IsRefused()
    {
        Assert.True(_running.TryAdd(_job));

        Assert.False(_running.TryAdd(_job));
    }

    [Fact]
    public void FindLease_AnotherWorkerTookOver_IsTheNewLease()
    {
        var second = Guid.NewGuid();
        _running.TryAdd(_job);
        _running.SetLease(_job, Guid.NewGuid());
        _running.SetLease(_job, second);

        Assert.Equal(second, _running.FindLease(_job));
    }

    [Fact]
    public void FindLease_Settled_IsNone()
    {
        _running.TryAdd(_job);
        _running.Remove(_job);

        Assert.Null(_running.FindLease(_job));
    }

    [Fact]
    public void SetLease_Settled_ChangesNothing()
    {
        _running.SetLease(_job, Guid.NewGuid());

        Assert.Null(_running.FindLease(_job));
    }
}
