using System.ComponentModel.DataAnnotations;
using System.Net;
using CocoonOrleans.Gateway.Attestation;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Limits;
using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Gateway.Replays;
using CocoonOrleans.Gateway.Responses;
using CocoonOrleans.Gateway.Sealing;

namespace CocoonOrleans.Gateway.Hosting;

/// <summary>What the gateway serves and where. Configuration section <c>Gateway</c>.</summary>
public sealed class GatewayOptions : IValidatableObject
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Gateway";

    /// <summary>Which network it serves: 1 to 64 of a-z, 0-9, '.' and '-'. Workers say the same in their statements and receipts.</summary>
    [Required, RegularExpression("^[a-z0-9.-]{1,64}$", ErrorMessage = "must be 1 to 64 of a-z, 0-9, '.' and '-'.")]
    public string NetworkId { get; set; } = "local";

    /// <summary>Address and port of the API; port 0 takes any free one. Other addresses than loopback need TLS in front.</summary>
    [Required]
    public string Listen { get; set; } = "127.0.0.1:8080";

    /// <summary>Address and port of the API for proxies that speak HTTP/2 without TLS (h2c, with prior knowledge); null for none.</summary>
    public string? Http2Listen { get; set; }

    /// <summary>Address and port of the admin API; keep it on loopback.</summary>
    [Required]
    public string AdminListen { get; set; } = "127.0.0.1:8081";

    /// <summary>The folder of the admin token and, unless <see cref="TermsKeyFile"/> says otherwise, of the key that seals jobs' terms.</summary>
    [Required]
    public string DataFolder { get; set; } = "data/gateway";

    /// <summary>
    /// The file of the key that seals jobs' terms, 64 hexadecimal digits; made where there is none. All gateways of a cluster share it, or one can't book what
    /// another left behind.
    /// </summary>
    public string? TermsKeyFile { get; set; }

    /// <summary>Whether the gateway stops when its standard input closes: the process that started it has died.</summary>
    public bool ExitWithParent { get; set; }

    /// <summary>How long open answers may go on after the signal to stop.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DrainLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Bounds on what clients send.</summary>
    public LimitOptions Limits { get; set; } = new();

    /// <summary>How requests are sealed to workers.</summary>
    public SealingOptions Sealing { get; set; } = new();

    /// <summary>How evidence of workers is judged.</summary>
    public AttestationOptions Attestation { get; set; } = new();

    /// <summary>Of how many jobs, the newest ones, <c>GET /v1/generation</c> can tell.</summary>
    [Range(1, 1_000_000)]
    public int Generations { get; set; } = 10_000;

    /// <summary>How long responses are kept, and how many.</summary>
    public ResponseOptions Responses { get; set; } = new();

    /// <summary>How far jobs are spread beyond the best offer.</summary>
    public SpreadOptions Spread { get; set; } = new();

    /// <summary>What is kept for repeats of a request.</summary>
    public ReplayOptions Replays { get; set; } = new();

    /// <summary>How jobs find workers, and how long they may take.</summary>
    public DispatchOptions Dispatch { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        (string Name, string? Value)[] addresses = [(nameof(Listen), Listen), (nameof(AdminListen), AdminListen), (nameof(Http2Listen), Http2Listen)];
        foreach ((string name, string? value) in addresses)
        {
            if (value is not null && !IPEndPoint.TryParse(value, out _))
            {
                yield return new ValidationResult("It must be an address and a port, such as 127.0.0.1:8080.", [name]);
            }
        }
    }
}
