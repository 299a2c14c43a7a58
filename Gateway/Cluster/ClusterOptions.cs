using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Gateway.Cluster;

/// <summary>Which cluster the gateway is a client of. Configuration section <c>Cluster</c>.</summary>
public sealed class ClusterOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Cluster";

    /// <summary>Must be the silos' own, or they drop the client without a word.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    public string ClusterId { get; set; } = "cocoon";

    /// <summary>Must be the silos' own.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    public string ServiceId { get; set; } = "cocoon";

    /// <summary>The client ports of the silos on this machine; empty means Orleans' default, 30000.</summary>
    [Length(0, 16)]
    public IList<int> GatewayPorts { get; } = [];

    /// <summary>How long one call may take before it counts as lost and is repeated.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a call is tried in all.</summary>
    [Range(1, 10)]
    public int Attempts { get; set; } = 3;
}
