namespace CocoonOrleans.Sealing.Encoding;

/// <summary>Points in time as they travel.</summary>
internal static class UnixTime
{
    /// <summary>The end of the year 9999, where DateTimeOffset ends.</summary>
    public const long MaxSeconds = 253_402_300_799;

    /// <summary>Whether it is a whole second of Unix time.</summary>
    public static bool IsValid(DateTimeOffset time) => time >= DateTimeOffset.UnixEpoch && time.Ticks % TimeSpan.TicksPerSecond == 0;
}
