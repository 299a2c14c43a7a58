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

    /// <summary>
    /// The client ports of silos on this machine, of which one must answer; empty means Orleans' default, 30000. From then on the cluster says who is in it.
    /// </summary>
    [Length(0, 16)]
    public IList<int> GatewayPorts { get; } = [];

    /// <summary>How long one call may take before it counts as lost and is repeated.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a call is tried in all, within <see cref="Patience"/>.</summary>
    [Range(1, 11)]
    public int Attempts { get; set; } = 11;

    /// <summary>How long a call is tried in all: longer than it takes until a silo that stands still is declared dead and its grains are elsewhere.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(8);
}
