using System.Text;
using CocoonOrleans.Attestation.QuoteSources;

namespace CocoonOrleans.Attestation.Provisioning;

/// <summary>Where collateral is fetched, as the settings of whoever verifies name it: Intel's service or a cache that answers its paths, or a unix socket that does.</summary>
public static class CollateralOrigin
{
    /// <summary>Most bytes of a socket's path.</summary>
    public const int LongestSocket = 107;

    private const string IntelHost = "api.trustedservices.intel.com";

    /// <summary>Whether it is an http or https address that ends with a slash.</summary>
    public static bool IsAddress(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.AbsolutePath.EndsWith('/');

    /// <summary>Whether it is short enough for a socket's path.</summary>
    public static bool IsSocket(string path) => Encoding.UTF8.GetByteCount(path) <= LongestSocket;

    /// <summary>Makes what fetches it.</summary>
    /// <param name="address">An address as <see cref="IsAddress"/> takes it; null for none.</param>
    /// <param name="socket">A unix socket, which goes before an address; null for none.</param>
    /// <param name="time">For the limits of time.</param>
    /// <returns>Null where nothing is to be fetched.</returns>
    public static ProvisioningClient? Open(string? address, string? socket, TimeProvider time)
    {
        if (socket is not null)
        {
            return new ProvisioningClient(new HttpClient(QuoteServiceSocket.CreateHandler(socket)), new ProvisioningOptions { BaseAddress = QuoteServiceSocket.BaseAddress }, time);
        }

        if (address is null)
        {
            return null;
        }

        var uri = new Uri(address);
        var options = uri.Host == IntelHost ? ProvisioningOptions.Intel : new ProvisioningOptions { BaseAddress = uri };
        return new ProvisioningClient(new HttpClient(ProvisioningClient.CreateHandler()), options, time);
    }
}
