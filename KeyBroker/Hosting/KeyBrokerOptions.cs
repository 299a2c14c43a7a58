using System.ComponentModel.DataAnnotations;
using System.Net;
using CocoonOrleans.Attestation.Provisioning;

namespace CocoonOrleans.KeyBroker.Hosting;

/// <summary>The settings of a key broker: section <c>KeyBroker</c> of command line, environment or JSON file.</summary>
public sealed class KeyBrokerOptions : IValidatableObject
{
    /// <summary>The name of the section.</summary>
    public const string Section = "KeyBroker";

    /// <summary>Where it listens: an address and a port, 0 for any. In Production it must be the loopback address: what ends TLS stands in front of it.</summary>
    [Required]
    public string Listen { get; set; } = "127.0.0.1:8400";

    /// <summary>The network whose workers get keys, as their statements name it.</summary>
    [Required, RegularExpression("^[a-z0-9.-]{1,64}$", ErrorMessage = "must be 1 to 64 of a-z, 0-9, '.' and '-'.")]
    public string NetworkId { get; set; } = "local";

    /// <summary>Where it keeps the log of releases, collateral and floors.</summary>
    [Required]
    public string DataFolder { get; set; } = "data/key-broker";

    /// <summary>The folder with the share files, <c>*.json</c>, each its owner's alone; null: <c>shares</c> in <see cref="DataFolder"/>. They are read when the broker starts.</summary>
    public string? SharesFolder { get; set; }

    /// <summary>Files of the images that models' manifests allow, in JSON or CBOR; at most 64. What is not here gets no key, whatever a manifest says: so an image is revoked.</summary>
    [MaxLength(64)]
    public List<string> ImageFiles { get; set; } = [];

    /// <summary>Where collateral is fetched: <c>https://api.trustedservices.intel.com/</c> or a cache of it, ending with a slash; null for nowhere: then it must come with the quote, which Production refuses.</summary>
    public string? CollateralAddress { get; set; }

    /// <summary>A unix socket that answers the same paths, as the simulated issuer does; at most 107 bytes.</summary>
    public string? CollateralSocket { get; set; }

    /// <summary>The anchor of a simulated issuer, in place of Intel's, as its <c>GET /anchor</c> gives it. Refused in Production.</summary>
    public string? SimulatedAnchorFile { get; set; }

    /// <summary>How many requests a minute one address may make, nonces and releases together.</summary>
    [Range(1, 100_000)]
    public int RequestsPerMinute { get; set; } = 120;

    /// <summary>How many nonces may be out at a time.</summary>
    [Range(1, 1_000_000)]
    public int MostNonces { get; set; } = 4096;

    /// <summary>How many releases are judged at a time; others wait for a moment, or are refused.</summary>
    [Range(1, 1024)]
    public int MostAtATime { get; set; } = 16;

    /// <summary>Whether it stops when its standard input ends, as it does when the process that started it is gone.</summary>
    public bool ExitWithParent { get; set; }

    /// <summary>The folder with the share files.</summary>
    internal string SharesPath => SharesFolder ?? Path.Combine(DataFolder, "shares");

    /// <summary>Where it listens; only after validation.</summary>
    internal IPEndPoint EndPoint => IPEndPoint.Parse(Listen);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IPEndPoint.TryParse(Listen, out _))
        {
            yield return new ValidationResult("must be an address and a port, such as 127.0.0.1:8400.", [nameof(Listen)]);
        }

        if (CollateralAddress is not null && CollateralSocket is not null)
        {
            yield return new ValidationResult("must be absent where CollateralSocket names a source.", [nameof(CollateralAddress)]);
        }

        if (CollateralSocket is { } socket && !CollateralOrigin.IsSocket(socket))
        {
            yield return new ValidationResult($"must have at most {CollateralOrigin.LongestSocket} bytes, as sockets' paths have.", [nameof(CollateralSocket)]);
        }

        if (CollateralAddress is { } address && !CollateralOrigin.IsAddress(address))
        {
            yield return new ValidationResult("must be an http or https address that ends with a slash, such as https://api.trustedservices.intel.com/.", [nameof(CollateralAddress)]);
        }
    }

    /// <summary>What Production does not take.</summary>
    internal static IReadOnlyList<(Func<KeyBrokerOptions, bool> Holds, string Otherwise)> ProductionRules { get; } =
    [
        (options => options.SimulatedAnchorFile is null, $"{Section}:{nameof(SimulatedAnchorFile)} must be absent in Production: a key that is released to a simulation is released to anybody."),
        (options => options.CollateralSocket is null, $"{Section}:{nameof(CollateralSocket)} must be absent in Production: name {nameof(CollateralAddress)}."),
        (options => options.CollateralAddress is not null,
            $"{Section}:{nameof(CollateralAddress)} must be set in Production: a worker would choose the documents by which it is judged. Intel's: https://api.trustedservices.intel.com/."),
        (options => !IPEndPoint.TryParse(options.Listen, out IPEndPoint? end) || IPAddress.IsLoopback(end.Address),
            $"{Section}:{nameof(Listen)} must be a loopback address in Production: put what ends TLS in front of it."),
    ];
}
