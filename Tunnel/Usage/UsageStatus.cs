using System.Text.Json.Serialization;

namespace CocoonOrleans.Tunnel.Usage;

/// <summary>How a job ended.</summary>
public enum UsageStatus
{
    /// <summary>The answer was generated to its end.</summary>
    [JsonStringEnumMemberName("complete")]
    Complete,

    /// <summary>The gateway let go of it; the counts are those until then.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,

    /// <summary>It failed; the counts are those until then.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}
