namespace CocoonOrleans.Tests.EndToEnd.Networks;

/// <summary>Waits for named conditions.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until a value is as expected; after the deadline the test fails and says what was seen last.</summary>
    public static async Task<T> SeeAsync<T>(string what, Func<Task<T>> look, Func<T, bool> expected, TimeSpan deadline)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (expected(seen))
            {
                return seen;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(started) < deadline, $"Waited {deadline.TotalSeconds:0} s for: {what}. Seen last: {seen}");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    /// <summary>As the other overload, for what is read at once.</summary>
    public static Task<T> SeeAsync<T>(string what, Func<T> look, Func<T, bool> expected, TimeSpan deadline) =>
        SeeAsync(what, () => Task.FromResult(look()), expected, deadline);
}
