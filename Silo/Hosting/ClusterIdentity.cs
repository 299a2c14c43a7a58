using System.ComponentModel.DataAnnotations;
using CocoonOrleans.ClusterTls;

namespace CocoonOrleans.Silo.Hosting;

/// <summary>Which cluster a silo belongs to; section <c>Cluster</c>. A client with other ids is dropped without a word, so all processes name both.</summary>
public sealed class ClusterIdentity
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Cluster";

    /// <summary>The cluster.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    public string ClusterId { get; set; } = "cocoon";

    /// <summary>The service, which outlives a cluster: state and reminders belong to it.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    public string ServiceId { get; set; } = "cocoon";

    /// <summary>The certificates of silos and gateways.</summary>
    public ClusterTlsOptions Tls { get; set; } = new();
}
