using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Gateway.Responses;

/// <summary>How long responses are kept, and how many. Configuration section <c>Gateway:Responses</c>.</summary>
public sealed class ResponseOptions
{
    /// <summary>How long a response is kept after its end.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The most bytes of all responses that are kept; the oldest go first.</summary>
    [Range(1L << 10, 1L << 36)]
    public long MaxBytes { get; set; } = 256 << 20;

    /// <summary>The most responses in the background that this gateway works on.</summary>
    [Range(1, 100_000)]
    public int MaxBackground { get; set; } = 256;

    /// <summary>The most responses in the background of one key.</summary>
    [Range(1, 100_000)]
    public int MaxBackgroundPerKey { get; set; } = 32;
}
