namespace CocoonOrleans.Tests.Unit.Tunnel;

/// <summary>Waits for something that another thread or process brings about.</summary>
public static class Condition
{
    /// <summary>Looks until it holds; after the deadline fails with what was awaited and what was seen.</summary>
    public static async Task HoldsAsync(Func<bool> condition, string what, Func<string>? seen = null)
    {
        using var deadline = new CancellationTokenSource(TestGateway.Deadline);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            if (deadline.IsCancellationRequested)
                Assert.Fail($"Not within {TestGateway.Deadline.TotalSeconds} s: {what}. Seen: {seen?.Invoke() ?? "nothing"}");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
