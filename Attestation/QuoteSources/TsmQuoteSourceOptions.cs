namespace CocoonOrleans.Attestation.QuoteSources;

/// <summary>How the kernel is asked for quotes.</summary>
public sealed record TsmQuoteSourceOptions
{
    /// <summary>Where the kernel takes requests. Another folder only in tests.</summary>
    public string Folder { get; init; } = "/sys/kernel/config/tsm/report";

    /// <summary>The longest that a quote may take, with everything that waits before it. The kernel itself gives the host 30 seconds.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a request is made before it counts as <see cref="TeeFailureKind.Busy"/>, 1 to 100.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The mean pause before the second attempt; it doubles with each further one.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Folder);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(TimeLimit, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(Attempts, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Attempts, 100);
        ArgumentOutOfRangeException.ThrowIfLessThan(Pause, TimeSpan.Zero);
    }
}
