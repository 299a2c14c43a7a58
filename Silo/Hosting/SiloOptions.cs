using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Silo.Hosting;

/// <summary>Where a silo listens and keeps its files; section <c>Silo</c>. Without <see cref="Address"/> all addresses are loopback: silos of one machine only.</summary>
public sealed class SiloOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Silo";

    /// <summary>The folder of the ledger, grain state and reminders; made where there is none. Silos of one cluster share it.</summary>
    [Required]
    public string DataFolder { get; set; } = "data/silo";

    /// <summary>
    /// The address of this machine by which other silos and the gateways reach it, an IP address or a name that has one; the silo then listens on all addresses. Null for the loopback address. Needs
    /// <c>Cluster:Tls</c> and <c>Database:Provider=PostgreSql</c>.
    /// </summary>
    [StringLength(253, MinimumLength = 1)]
    public string? Address { get; set; }

    /// <summary>The port for other silos.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 11111;

    /// <summary>The port for clients: the gateways.</summary>
    [Range(1, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>The silo port of the cluster's first silo, which keeps the membership; 0 where this is it.</summary>
    [Range(0, 65535)]
    public int PrimaryPort { get; set; }

    /// <summary>Whether the silo stops when its standard input closes: the process that started it has died.</summary>
    public bool ExitWithParent { get; set; }

    /// <summary>How long one grain call of this silo may take before it counts as lost.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
