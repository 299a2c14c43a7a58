using System.ComponentModel.DataAnnotations;
using System.Net;
using CocoonOrleans.ClusterTls;

namespace CocoonOrleans.Gateway.Cluster;

/// <summary>Which cluster the gateway is a client of. Configuration section <c>Cluster</c>.</summary>
public sealed class ClusterOptions : IValidatableObject
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

    /// <summary>
    /// Silos of other machines, each as host and client port, such as <c>silo-1.example.org:30000</c>; in place of <see cref="GatewayPorts"/>. A name stands for all addresses that it has. Needs
    /// <see cref="Tls"/>.
    /// </summary>
    [Length(0, 64)]
    public IList<string> Silos { get; } = [];

    /// <summary>The certificates of silos and gateways.</summary>
    public ClusterTlsOptions Tls { get; set; } = new();

    /// <summary>How long one call may take before it counts as lost and is repeated.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a call is tried in all, within <see cref="Patience"/>.</summary>
    [Range(1, 11)]
    public int Attempts { get; set; } = 11;

    /// <summary>How long a call is tried in all: longer than it takes until a silo that stands still is declared dead and its grains are elsewhere.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(8);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (string silo in Silos)
        {
            if (!TryParse(silo, out _))
            {
                yield return new ValidationResult("must be hosts and ports, such as silo-1.example.org:30000.", [nameof(Silos)]);
            }
        }

        if (Silos.Count > 0 && GatewayPorts.Count > 0)
        {
            yield return new ValidationResult("stands in place of GatewayPorts: name one of them.", [nameof(Silos)]);
        }

        if (Silos.Count > 0 && !Tls.IsOn)
        {
            yield return new ValidationResult("needs Cluster:Tls: what goes to another machine is encrypted. ./cocoon cluster certificates makes the files.", [nameof(Silos)]);
        }
    }

    internal static bool TryParse(string silo, out DnsEndPoint? endPoint)
    {
        endPoint = Uri.TryCreate($"tcp://{silo}", UriKind.Absolute, out Uri? uri) && uri.Port > 0 && uri.PathAndQuery is ("/" or "") && uri.UserInfo.Length == 0 && uri.Host.Length > 0
            ? new DnsEndPoint(uri.DnsSafeHost, uri.Port)
            : null;
        return endPoint is not null;
    }
}
