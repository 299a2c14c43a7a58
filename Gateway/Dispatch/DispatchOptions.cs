using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>How jobs find workers, and how long they may take. Configuration section <c>Gateway:Dispatch</c>.</summary>
public sealed class DispatchOptions
{
    /// <summary>How many workers a job is tried on in all, as long as nothing was delivered.</summary>
    [Range(1, 10)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>How long a job waits for a free slot.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan WaitLimit { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The most jobs that wait for one model.</summary>
    [Range(0, 100_000)]
    public int MaxWaitingPerModel { get; set; } = 1024;

    /// <summary>How long a worker may take to its first token.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan FirstTokenLimit { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a job may take in all.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "06:00:00")]
    public TimeSpan JobLimit { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long after a job's end its hold stays open for a completion that is late.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan HoldGrace { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The pause after which a silent stream gets a comment, so that nothing between us and the client gives it up.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan KeepAlivePeriod { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a job goes on whose client left a plain answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan JsonGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a job goes on whose client left a stream that has an Idempotency-Key. Other streams have no grace.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan IdempotentStreamGrace { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long an answer waits for its charge to be booked, and a refusal for its hold to be given back; after that it goes out, without the cost, and the
    /// booking goes on.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan BookingWait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a charge or release that can't be booked is tried again; afterwards the worker's receipt is booked when it comes again, or the sweeper releases
    /// the hold.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CompletionRetryLimit { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a receipt of a job that another gateway ran is left to that gateway.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ForeignReceiptGrace { get; set; } = TimeSpan.FromSeconds(10);
}
