namespace CocoonOrleans.Attestation.Provisioning;

/// <summary>Where collateral comes from: Intel's provisioning certification service (PCS), a cache of it (PCCS), or what plays one. None needs to be trusted.</summary>
public sealed record ProvisioningOptions
{
    /// <summary>Intel's own service, which has the root's CRL on another server.</summary>
    public static ProvisioningOptions Intel { get; } = new()
    {
        BaseAddress = new Uri("https://api.trustedservices.intel.com/"),
        RootCrlAddress = new Uri("https://certificates.trustedservices.intel.com/IntelSGXRootCA.der"),
    };

    /// <summary>The service; paths below it are those of Intel's API, version 4.</summary>
    public required Uri BaseAddress { get; init; }

    /// <summary>The root's CRL, DER or hex; null for <c>sgx/certification/v4/rootcacrl</c> below the base address, as caches have it.</summary>
    public Uri? RootCrlAddress { get; init; }

    /// <summary>The longest that one set may take.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    internal void Validate()
    {
        if (BaseAddress is not { IsAbsoluteUri: true, Scheme: "http" or "https" } || !BaseAddress.AbsolutePath.EndsWith('/'))
        {
            throw new ArgumentException($"{nameof(BaseAddress)} is an absolute http or https address that ends with a slash.");
        }

        if (RootCrlAddress is not (null or { IsAbsoluteUri: true, Scheme: "http" or "https" }))
        {
            throw new ArgumentException($"{nameof(RootCrlAddress)} is an absolute http or https address.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(TimeLimit, TimeSpan.Zero);
    }
}
