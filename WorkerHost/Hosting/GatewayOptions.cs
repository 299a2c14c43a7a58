using System.ComponentModel.DataAnnotations;
using CocoonOrleans.Tunnel.Dialing;
using CocoonOrleans.Tunnel.Trust;

namespace CocoonOrleans.WorkerHost.Hosting;

/// <summary>One gateway to dial.</summary>
public sealed class GatewayOptions : IValidatableObject
{
    /// <summary>Host and port, such as <c>gateway.example.org:9443</c> or <c>[::1]:9443</c>.</summary>
    [Required]
    public string Address { get; set; } = "";

    /// <summary>The gateway's key: 64 lower-case hex digits, which the gateway logs when it starts.</summary>
    [Required]
    public string Key { get; set; } = "";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Parse(Address) is null)
        {
            yield return new ValidationResult("must be a host and a port, such as gateway.example.org:9443.", [nameof(Address)]);
        }

        if (!TunnelPublicKey.IsId(Key))
        {
            yield return new ValidationResult("must be the gateway's key: 64 lower-case hex digits.", [nameof(Key)]);
        }
    }

    internal GatewayEndPoint ToEndPoint()
    {
        Uri address = Parse(Address) ?? throw new InvalidOperationException("The address was not validated.");
        return new GatewayEndPoint(address.DnsSafeHost, address.Port, PinnedKeys.Only(Key, Address));
    }

    private static Uri? Parse(string address) =>
        Uri.TryCreate($"tcp://{address}", UriKind.Absolute, out Uri? uri) && uri.Port > 0 && uri.PathAndQuery is "/" or "" && uri.UserInfo.Length == 0 && uri.Host.Length > 0
            ? uri
            : null;
}
