using System.Diagnostics;

namespace CocoonOrleans.Tests.Cluster;

/// <summary>Waits for a named condition, with a deadline whose failure says what was seen last.</summary>
public static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static async Task<T> GetAsync<T>(string expected, Func<Task<T>> read, Func<T, bool> condition)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            T seen = await read();
            if (condition(seen))
            {
                return seen;
            }

            if (waited.Elapsed > Deadline)
            {
                throw new TimeoutException($"Expected within {Deadline.TotalSeconds} s: {expected}. Last seen: {seen}.");
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
