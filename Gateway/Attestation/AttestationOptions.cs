using System.ComponentModel.DataAnnotations;
using CocoonOrleans.Attestation.Provisioning;
using CocoonOrleans.Attestation.Tcb;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Attestation;

/// <summary>How evidence of workers is judged. Configuration section <c>Gateway:Attestation</c>. By default Intel's root is believed, and collateral must come with the quote.</summary>
public sealed class AttestationOptions : IValidatableObject
{
    /// <summary>
    /// A file with the anchor of a simulated issuer, in place of Intel's: root (PEM) and vendor (UUID), as the issuer's <c>GET /anchor</c> gives them. Workers under it
    /// have the tier <see cref="TrustTier.Simulated"/>. Refused in Production.
    /// </summary>
    public string? SimulatedAnchorFile { get; set; }

    /// <summary>
    /// Where collateral is fetched: <c>https://api.trustedservices.intel.com/</c>, or a cache that answers Intel's paths of version 4, ending with a slash; null for nowhere.
    /// </summary>
    public string? CollateralAddress { get; set; }

    /// <summary>A unix socket that answers the same paths, as the simulated issuer does; at most 107 bytes.</summary>
    public string? CollateralSocket { get; set; }

    /// <summary>Files of the images whose workers have the tier <see cref="TrustTier.Tdx"/>, in JSON or CBOR; at most 64. Without any, no evidence shows more than <see cref="TrustTier.Open"/>.</summary>
    [MaxLength(64)]
    public List<string> ImageFiles { get; set; } = [];

    /// <summary>
    /// How long a worker may go on serving after a relaunch of its TD was first seen to be advised, by any gateway of the network; then it gets no jobs until it has started again. At most 14 days; none to refuse it at once.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "14.00:00:00")]
    public TimeSpan RelaunchGrace { get; set; } = TcbPolicy.LongestGrace;

    /// <summary>Which platforms are taken beside those that are up to date.</summary>
    public TcbOptions Tcb { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
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

    /// <summary>Makes what fetches collateral; null where nothing is to be fetched.</summary>
    internal ProvisioningClient? CreateClient(TimeProvider time) => CollateralOrigin.Open(CollateralAddress, CollateralSocket, time);
}
