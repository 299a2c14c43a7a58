using System.Security.Cryptography;

namespace CocoonOrleans.Tunnel.Handshakes;

/// <summary>The first line on a tunnel, from the worker: JSON and a newline. Who it is, its TLS key has proven already.</summary>
/// <param name="Protocol">The version that the worker speaks.</param>
/// <param name="BootId">32 lower-case hex digits, drawn anew at each start of the worker process.</param>
/// <param name="Software">Name and version of the worker's software, for people; at most 100 characters.</param>
public sealed record HelloLine(int Protocol, string BootId, string Software)
{
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
        return null;
    }
}
