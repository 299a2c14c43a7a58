using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>Settings of the <see cref="UpstreamEngine"/>, the same for all its models.</summary>
public sealed class UpstreamEngineOptions
{
    /// <summary>Answers of one model that run at the same time, 1 to 1024; not more than its server runs at once, or they wait there unseen.</summary>
    [Range(1, 1024)]
    public int Slots { get; set; } = 32;

    /// <summary>Requests of one model that may wait for a slot, 0 to 10,000. Beyond them requests are refused.</summary>
    [Range(0, 10_000)]
    public int Queue { get; set; } = 64;

    /// <summary>How long loading waits for a server that is not up yet, up to an hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan StartLimit { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an answer's first token may take, prompt and the server's own queue included: a second to an hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan FirstTokenLimit { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long every other token may take: a second to an hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan TokenLimit { get; set; } = TimeSpan.FromMinutes(1);
}
