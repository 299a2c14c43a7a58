using System.ComponentModel.DataAnnotations;
using CocoonOrleans.Sealing.Requests;

namespace CocoonOrleans.Gateway.Limits;

/// <summary>Bounds on what clients may send. Configuration section <c>Gateway:Limits</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>The most bytes of a request body; no more can be sealed.</summary>
    [Range(1024, SealedRequest.MaxBodyBytes)]
    public int MaxBodyBytes { get; set; } = SealedRequest.MaxBodyBytes;

    /// <summary>How long a whole body may take to arrive.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan BodyLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the headers may take to arrive.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan HeaderLimit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The most connections at a time, idle ones included; more are closed at once.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>The most requests that this gateway works on at a time.</summary>
    [Range(1, 100_000)]
    public int MaxConcurrentRequests { get; set; } = 2048;

    /// <summary>The most requests of one key at a time.</summary>
    [Range(1, 100_000)]
    public int MaxConcurrentRequestsPerKey { get; set; } = 256;

    /// <summary>The most requests of one key in a minute; a key that was idle may send them all at once.</summary>
    [Range(1, 10_000_000)]
    public int RequestsPerMinutePerKey { get; set; } = 6000;

    /// <summary>How long a look at a key counts. A revoked key works no longer than this.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:05")]
    public TimeSpan KeyCacheTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The most keys remembered, unknown ones included.</summary>
    [Range(1, 1_000_000)]
    public int MaxCachedKeys { get; set; } = 10_000;
}
