using System.ComponentModel.DataAnnotations;
using System.Net;
using CocoonOrleans.Tunnel.Handshakes;

namespace CocoonOrleans.Tunnel.Accepting;

/// <summary>Where a gateway awaits its workers, and whom it lets in. Configuration section <c>Tunnel</c>.</summary>
public sealed class TunnelListenerOptions : IValidatableObject
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Tunnel";

    /// <summary>The address to listen at, such as <c>0.0.0.0:9443</c>; port 0 takes any free one.</summary>
    [Required]
    public string Listen { get; set; } = "127.0.0.1:9443";

    /// <summary>The folder with the gateway's key; the key is made where there is none.</summary>
    [Required]
    public string IdentityFolder { get; set; } = "data/gateway/identity";

    /// <summary>A file of allowed worker keys (see <see cref="Trust.PinnedKeyFile"/>). Either this, <see cref="AllowedWorkers"/> or <see cref="AllowAnyWorker"/>.</summary>
    public string? AllowedWorkersFile { get; set; }

    /// <summary>Allowed worker ids, each with a name for people.</summary>
    public Dictionary<string, string> AllowedWorkers { get; set; } = [];

    /// <summary>Lets every key in; for development, refused in the Production environment.</summary>
    public bool AllowAnyWorker { get; set; }

    /// <summary>Most tunnels at a time.</summary>
    [Range(1, 100_000)]
    public int MaxTunnels { get; set; } = 1024;

    /// <summary>Most tunnels of one worker at a time: an old one may hang for some seconds beside the new one.</summary>
    [Range(1, 64)]
    public int MaxTunnelsPerWorker { get; set; } = 4;

    /// <summary>Most handshakes under way at a time; later connections wait in the system's queue.</summary>
    [Range(1, 4096)]
    public int MaxPendingHandshakes { get; set; } = 64;

    /// <summary>How long TLS, hello line and trust decision may take together.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often each living tunnel's peer is judged again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan TrustCheckPeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Most jobs that one tunnel carries at a time.</summary>
    [Range(1, TunnelProtocol.MaxJobs)]
    public int MaxJobsPerTunnel { get; set; } = 256;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IPEndPoint.TryParse(Listen, out _))
            yield return new ValidationResult("Tunnel:Listen must be an address and a port, such as 127.0.0.1:9443.", [nameof(Listen)]);
        int ways = (AllowedWorkersFile is null ? 0 : 1) + (AllowedWorkers.Count == 0 ? 0 : 1) + (AllowAnyWorker ? 1 : 0);
        if (ways != 1)
        {
            yield return new ValidationResult(
                "Set exactly one of Tunnel:AllowedWorkersFile, Tunnel:AllowedWorkers and, for development, Tunnel:AllowAnyWorker=true.",
                [nameof(AllowedWorkersFile), nameof(AllowedWorkers), nameof(AllowAnyWorker)]);
        }
        foreach (string id in AllowedWorkers.Keys)
        {
            if (!Trust.TunnelPublicKey.IsId(id))
                yield return new ValidationResult($"Tunnel:AllowedWorkers:{id} is no worker id: 64 lower-case hex digits.", [nameof(AllowedWorkers)]);
        }
    }
}
