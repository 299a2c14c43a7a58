using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace CocoonOrleans.Tunnel.Handshakes;

/// <summary>The first line on a tunnel, from the worker: JSON and a newline. Who it is, its TLS key has proven already.</summary>
/// <param name="Protocol">The version that the worker speaks.</param>
/// <param name="BootId">32 lower-case hex digits, drawn anew at each start of the worker process.</param>
/// <param name="Software">Name and version of the worker's software, for people; at most 100 characters.</param>
/// <param name="Nonce">32 random bytes that the gateway's statement must be made for, 64 lower-case hex digits; null from who wants no statement.</param>
public sealed record HelloLine(
    int Protocol, string BootId, string Software, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Nonce = null)
{
    private const int NonceDigits = 64;

    /// <summary>A nonce for one dial.</summary>
    internal static string NewNonce() => RandomNumberGenerator.GetHexString(NonceDigits, lowercase: true);

    /// <summary>A boot id for a process that starts now.</summary>
    public static string NewBootId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>What is wrong with it, or null.</summary>
    internal TunnelRefusal? FindFault()
    {
        if (Protocol != TunnelProtocol.Version)
        {
            return new TunnelRefusal(TunnelRefusalCodes.UnsupportedProtocol,
                $"The worker speaks version {Protocol} of the tunnel protocol, the gateway version {TunnelProtocol.Version}; update the older one.");
        }
        if (BootId.Length != 32 || BootId.AsSpan().ContainsAnyExcept("0123456789abcdef"))
            return new TunnelRefusal(TunnelRefusalCodes.BadHello, "bootId must be 32 lower-case hex digits.");
        if (Software.Length > 100 || Software.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return new TunnelRefusal(TunnelRefusalCodes.BadHello, "software must be at most 100 printable ASCII characters.");
        if (Nonce is not null && (Nonce.Length != NonceDigits || Nonce.AsSpan().ContainsAnyExcept("0123456789abcdef")))
            return new TunnelRefusal(TunnelRefusalCodes.BadHello, "nonce must be 64 lower-case hex digits, or absent.");
        return null;
    }
}
