using System.Diagnostics;

namespace CocoonOrleans.Tests.Inference;

/// <summary>Waits for something that another thread brings about.</summary>
public static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Waits until a value is as expected; the failure says what it was instead.</summary>
    public static async Task EqualAsync<T>(T expected, Func<T> actual, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!Equals(expected, actual()))
        {
            Assert.True(watch.Elapsed < Deadline, $"{what}: expected {expected}, still {actual()} after {Deadline}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
