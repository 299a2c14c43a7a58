using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Sessions;

namespace CocoonOrleans.Tests.Sealing.Sessions;

public sealed class CounterWindowTests
{
    /// <summary>Against a set that forgets nothing.</summary>
    [Fact]
    public void Window_OverAnyOrderOfNumbers_TakesEachOnceWithinItsLength()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var window = new CounterWindow();
            var (used, highest, at) = (new HashSet<uint>(), -1L, 0L);
            for (var i = 0; i < 5000; i++)
            {
                at = Math.Clamp(at + random.Next(-40, random.Next(10) == 0 ? 2000 : 45), 0, uint.MaxValue);
                var counter = (uint)at;
                var expected = counter + CounterWindow.Length <= highest ? SealingFault.CounterTooOld
                    : used.Contains(counter) ? SealingFault.Replayed
                    : SealingFault.None;

                Assert.Equal(expected, window.Check(counter));
                if (expected == SealingFault.None)
                {
                    window.Use(counter);
                    used.Add(counter);
                    highest = Math.Max(highest, counter);
                }
            }
        }
    }

    [Fact]
    public void Window_AtTheLastNumber_HoldsIt()
    {
        var window = new CounterWindow();
        window.Use(uint.MaxValue);

        Assert.Equal(SealingFault.Replayed, window.Check(uint.MaxValue));
        Assert.Equal(SealingFault.None, window.Check(uint.MaxValue - 1023));
        Assert.Equal(SealingFault.CounterTooOld, window.Check(uint.MaxValue - 1024));
    }
}
