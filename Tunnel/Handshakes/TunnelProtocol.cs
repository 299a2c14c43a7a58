using System.Net.Security;

namespace CocoonOrleans.Tunnel.Handshakes;

/// <summary>The version of the tunnel's protocol, and the sizes that both sides hold each other to.</summary>
public static class TunnelProtocol
{
    /// <summary>The version spoken here.</summary>
    public const int Version = 1;

    /// <summary>The ALPN name under which TLS is set up (RFC 7301).</summary>
    public const string Alpn = "cocoon-tunnel/1";

    /// <summary>Most bytes of a hello or welcome line, its newline included.</summary>
    public const int MaxLineBytes = 4096;

    /// <summary>Most bytes of a job's payload: a body of 4 MiB and what sealing adds.</summary>
    public const int MaxPayloadBytes = (4 << 20) + (512 << 10);

    /// <summary>Most jobs that one tunnel carries at a time, whatever the options say.</summary>
    public const int MaxJobs = 512;

    /// <summary>Most bytes of a tokenizer document (three files in base64).</summary>
    public const int MaxTokenizerBytes = 64 << 20;

    internal static SslApplicationProtocol ApplicationProtocol { get; } = new(Alpn);
}
