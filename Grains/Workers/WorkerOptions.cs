using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Grains.Workers;

/// <summary>Settings of workers' grains; section <c>Workers</c>.</summary>
public sealed class WorkerOptions
{
    /// <summary>After this time without a heartbeat a tunnel counts as gone.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:01:00")]
    public TimeSpan HeartbeatTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest that a lease lasts, whatever was asked.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan MaxLease { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often changed counts and reputation events are stored. Those since the last time are lost with the silo.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ReputationFlush { get; set; } = TimeSpan.FromSeconds(15);
}
