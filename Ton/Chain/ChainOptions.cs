using System.ComponentModel.DataAnnotations;

namespace CocoonOrleans.Ton.Chain;

/// <summary>Which chain is spoken to, and by whom; section <c>Chain</c>. Without endpoints nothing is settled on a chain.</summary>
public sealed class ChainOptions : IValidatableObject
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Chain";

    /// <summary>How many owners must say the same before much is moved.</summary>
    public const int Quorum = 2;

    private const int MaxEndpoints = 8;

    /// <summary>Config parameter 19 of the chain: -239, -3, or -1000 for the development chain (<see cref="TonNetwork"/>).</summary>
    [AllowedValues(TonNetwork.Mainnet, TonNetwork.Testnet, TonNetwork.Development)]
    public int Network { get; set; } = TonNetwork.Mainnet;

    /// <summary>The endpoints, the preferred one first; at most 8.</summary>
    public List<ChainEndpointOptions> Endpoints { get; } = [];

    /// <summary>What moves more than this, in nano, needs two owners who say the same; by default 5 coins.</summary>
    [Range(0, long.MaxValue)]
    public long QuorumAboveNano { get; set; } = 5_000_000_000;

    /// <summary>How long one call may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long endpoints have to agree, or to catch up with what was seen before; then the read fails.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan AgreementTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a call that failed is repeated, 0 to 10 times, each after a longer pause.</summary>
    [Range(0, 10)]
    public int Retries { get; set; } = 3;

    /// <summary>How many masterchain blocks an endpoint may be behind the foremost before it counts as lagging.</summary>
    [Range(0, 1000)]
    public int MaxLagBlocks { get; set; } = 30;

    /// <summary>How far the chain's clock may be from ours when a process starts.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan MaxClockDifference { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a chain is configured.</summary>
    public bool IsUsed => Endpoints.Count > 0;

    /// <summary>Whether enough owners are configured to agree.</summary>
    public bool HasQuorum => Endpoints.Select(endpoint => endpoint.OwnerOrHost).Distinct(StringComparer.OrdinalIgnoreCase).Count() >= Quorum;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoints.Count > MaxEndpoints)
        {
            yield return new ValidationResult($"At most {MaxEndpoints} endpoints.", [nameof(Endpoints)]);
        }

        foreach (Uri? address in Endpoints.Select(endpoint => endpoint.Address))
        {
            if (address is null || !address.IsAbsoluteUri
                || (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
                || address.UserInfo.Length > 0 || address.Query.Length > 0 || !address.AbsolutePath.EndsWith('/'))
            {
                yield return new ValidationResult(
                    "An endpoint's Address is an https address (http on loopback only) up to and with '/api/v2/', without user or query.", [nameof(Endpoints)]);
            }
        }
    }
}
