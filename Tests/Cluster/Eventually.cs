namespace CocoonOrleans.Tests.Cluster;

/// <summary>Waits for a condition with a deadline.</summary>
public static class Eventually
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(30);

    /// <summary>Asks until the condition holds.</summary>
    /// <param name="condition">What is waited for.</param>
    /// <param name="otherwise">What to say when it never came.</param>
    public static async Task True(Func<Task<bool>> condition, string otherwise)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < _deadline, $"{otherwise} (waited {_deadline.TotalSeconds} s)");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
