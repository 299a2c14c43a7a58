using System.Diagnostics;

namespace CocoonOrleans.Tests.Cluster;

/// <summary>Waits for a named condition, with a deadline whose failure says what was seen last.</summary>
public static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Reads until the condition holds for what was read.</summary>
    /// <param name="expected">What is waited for.</param>
    /// <param name="read">Reads.</param>
    /// <param name="condition">The condition.</param>
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

            Assert.True(waited.Elapsed < Deadline, $"Expected within {Deadline.TotalSeconds} s: {expected}. Last seen: {seen}.");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    /// <summary>Asks until the condition holds.</summary>
    /// <param name="condition">What is waited for.</param>
    /// <param name="otherwise">What to say when it never came.</param>
    public static Task True(Func<Task<bool>> condition, string otherwise) => GetAsync(otherwise, condition, seen => seen);
}
