using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Gateway.Replays;

/// <summary>How long answers to requests with an <c>Idempotency-Key</c> are kept for repeats. Configuration section <c>Gateway:Replays</c>.</summary>
public sealed class ReplayOptions
{
    /// <summary>How long an answer is kept after its end.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The most bytes of all answers that are kept; the oldest go first.</summary>
    [Range(1L << 10, 1L << 36)]
    public long MaxBytes { get; set; } = 256 << 20;
}
