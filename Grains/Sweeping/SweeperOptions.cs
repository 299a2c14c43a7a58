using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Grains.Sweeping;

/// <summary>Settings of the sweepers; section <c>Sweeper</c>.</summary>
public sealed class SweeperOptions
{
    /// <summary>How long after a hold's expiry a completion is still taken; then the hold is released.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often each sweeper sweeps while it is awake.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the whole book is checked. Reads all of it.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The most holds that one sweep releases, and the most outbox rows that one commit drains.</summary>
    [Range(1, 1000)]
    public int BatchSize { get; set; } = 500;
}
