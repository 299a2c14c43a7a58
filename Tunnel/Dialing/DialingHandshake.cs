using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace CocoonOrleans.Tunnel.Dialing;

/// <summary>The worker's half of the handshake: connect, TLS 1.3 with both keys shown, judge the gateway, say hello, be welcome, judge what it states.</summary>
internal sealed class DialingHandshake(TunnelIdentity identity, DialingOptions options, IGatewayCheck? check)
{
    /// <summary>Dials once.</summary>
    /// <returns>A socket with TLS above it, on which HTTP/2 may begin.</returns>
    /// <exception cref="TunnelRefusedException">The gateway refused, or its key is not trusted.</exception>
    /// <exception cref="Exception">The connection, TLS or the lines failed, or the token was cancelled.</exception>
    public async Task<DialedSocket> RunAsync(GatewayEndPoint gateway, SocketConnectionContextFactory sockets, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SslStream? tls = null;
        try
        {
            await socket.ConnectAsync(gateway.Host, gateway.Port, cancellationToken);
            // Kestrel's own socket transport below TLS: nearly twice the small requests of a NetworkStream (measured in the tunnel spike).
            ConnectionContext transport = sockets.Create(socket);
            tls = new SslStream(new TransportStream(transport));
            await tls.AuthenticateAsClientAsync(Tls(gateway), cancellationToken);
            TunnelPublicKey key = await JudgeAsync(gateway, tls, cancellationToken);
            string? nonce = check is null ? null : HelloLine.NewNonce();
            var hello = new HelloLine(TunnelProtocol.Version, options.BootId, options.Software, nonce);
            await HandshakeLines.WriteAsync(tls, hello, TunnelJson.Default.HelloLine, cancellationToken);
            WelcomeLine welcome = await HandshakeLines.ReadAsync(tls, TunnelJson.Default.WelcomeLine, cancellationToken);
            if (welcome.Refusal is { } refusal)
                throw new TunnelRefusedException(refusal);
            if (check?.FindFault(key, nonce!, welcome.Statement, welcome.Signature) is { } fault)
                throw new TunnelRefusedException(new TunnelRefusal(TunnelRefusalCodes.GatewayStatement, fault));
            return new DialedSocket(socket, transport, tls);
        }
        catch
        {
            if (tls is not null)
                await tls.DisposeAsync();
            socket.Dispose();
            throw;
        }
    }

    private SslClientAuthenticationOptions Tls(GatewayEndPoint gateway) => new()
    {
        TargetHost = gateway.Host,
        EnabledSslProtocols = SslProtocols.Tls13,
        ApplicationProtocols = [TunnelProtocol.ApplicationProtocol],
        ClientCertificateContext = identity.CertificateContext,
        AllowTlsResume = false,
        CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
        // The key is judged right after, by the trust decision and not by names or dates of a self-signed certificate.
        RemoteCertificateValidationCallback = static (_, certificate, _, _) => KeyOf(certificate) is not null,
    };

    private static async Task<TunnelPublicKey> JudgeAsync(GatewayEndPoint gateway, SslStream tls, CancellationToken cancellationToken)
    {
        TunnelPublicKey key = KeyOf(tls.RemoteCertificate) ?? throw new AuthenticationException("The gateway shows no P-256 key.");
        TrustVerdict verdict = await gateway.Trust.JudgeAsync(new TunnelPeer(key, gateway), cancellationToken);
        if (verdict.Refusal is { } refusal)
            throw new TunnelRefusedException(refusal);
        return key;
    }

    private static TunnelPublicKey? KeyOf(X509Certificate? certificate) =>
        certificate is X509Certificate2 shown ? TunnelPublicKey.TryCreate(shown) : null;
}

/// <summary>A connection that the gateway welcomed.</summary>
internal sealed record DialedSocket(Socket Socket, ConnectionContext Transport, SslStream Tls);
