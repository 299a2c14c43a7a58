using CocoonOrleans.Grains.Workers;

namespace CocoonOrleans.Tests.Cluster.Workers;

public sealed class BreakerTests
{
    private readonly Breaker _breaker = new();
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Failed_ThreeTimesInAMinute_Parks()
    {
        Fail(3);

        Assert.Equal(0, _breaker.Admits(4, _now));
        Assert.Equal(_now + TimeSpan.FromSeconds(15), _breaker.ParkedUntil);
    }

    [Fact]
    public void Failed_ThreeTimesOverMoreThanAMinute_DoesNotPark()
    {
        Fail(2);
        _now += TimeSpan.FromSeconds(60);
        Fail(1);

        Assert.Equal(4, _breaker.Admits(4, _now));
    }

    [Fact]
    public void Succeeded_BetweenFailures_StartsTheCountAgain()
    {
        Fail(2);
        _breaker.Succeeded(Guid.NewGuid());
        Fail(2);

        Assert.Equal(4, _breaker.Admits(4, _now));
    }

    [Fact]
    public void Admits_AfterThePark_OneProbe()
    {
        Park();

        Assert.Equal(1, _breaker.Admits(4, _now));
        _breaker.Started(Guid.NewGuid());
        Assert.Equal(0, _breaker.Admits(4, _now));
    }

    [Fact]
    public void Succeeded_Probe_BringsTheWorkerBack()
    {
        Park();
        Guid probe = Probe();
        _breaker.Succeeded(probe);

        Assert.Equal(4, _breaker.Admits(4, _now));
        Assert.Null(_breaker.ParkedUntil);
    }

    [Fact]
    public void Succeeded_JobFromBeforeThePark_DoesNotBringItBack()
    {
        Park();
        Probe();
        _breaker.Succeeded(Guid.NewGuid());

        Assert.Equal(0, _breaker.Admits(4, _now));
    }

    [Fact]
    public void Forgot_Probe_LetsAnotherOneIn()
    {
        Park();
        _breaker.Forgot(Probe());

        Assert.Equal(1, _breaker.Admits(4, _now));
    }

    [Fact]
    public void Failed_EachProbe_DoublesTheParkToTenMinutes()
    {
        Fail(3);
        var parks = new List<double>();
        for (int i = 0; i < 8; i++)
        {
            parks.Add((_breaker.ParkedUntil!.Value - _now).TotalSeconds);
            _now = _breaker.ParkedUntil.Value;
            _breaker.Failed(Probe(), _now);
        }

        Assert.Equal([15, 30, 60, 120, 240, 480, 600, 600], parks);
    }

    private void Fail(int times)
    {
        for (int i = 0; i < times; i++)
        {
            _breaker.Failed(Guid.NewGuid(), _now);
        }
    }

    private void Park()
    {
        Fail(3);
        _now += TimeSpan.FromSeconds(15);
    }

    private Guid Probe()
    {
        var probe = Guid.NewGuid();
        _breaker.Started(probe);
        return probe;
    }
}
