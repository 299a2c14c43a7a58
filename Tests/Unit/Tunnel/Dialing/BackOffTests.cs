using CocoonOrleans.Tunnel.Dialing;

namespace CocoonOrleans.Tests.Unit.Tunnel.Dialing;

public sealed class BackOffTests
{
    [Fact]
    public void Next_Repeated_DoublesToTheLongestWithinTheJitter()
    {
        var backOff = new BackOff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), new Random(7));
        foreach (int step in (int[])[1, 2, 4, 5, 5, 5])
            Assert.InRange(backOff.Next().TotalSeconds, step / 2.0, step);
    }

    [Fact]
    public void Next_AfterReset_BeginsAgain()
    {
        var backOff = new BackOff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), new Random(7));
        for (int i = 0; i < 5; i++)
            backOff.Next();
        backOff.Reset();
        Assert.InRange(backOff.Next().TotalSeconds, 0.5, 1);
    }

    [Fact]
    public void Next_TwoWorkers_DoNotComeTogether()
    {
        var one = new BackOff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), new Random(1));
        var two = new BackOff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), new Random(2));
        Assert.NotEqual(one.Next(), two.Next());
    }
}
