using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;

namespace CocoonOrleans.Tunnel.Accepting;

/// <summary>The gateway's half of the handshake: TLS 1.3 with both keys shown, the hello line, the trust decision.</summary>
internal sealed class AcceptingHandshake(TunnelIdentity identity, ITunnelTrust trust, IGatewayStatements? statements)
{
    private readonly SslServerAuthenticationOptions _tls = new()
    {
        ServerCertificateContext = identity.CertificateContext,
        EnabledSslProtocols = SslProtocols.Tls13,
        ApplicationProtocols = [TunnelProtocol.ApplicationProtocol],
        ClientCertificateRequired = true,
        // A resumed session would skip the certificate.
        AllowTlsResume = false,
        CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
        // TLS proves that the peer holds its key. Whether that key is trusted is judged after the hello line, where the worker can be told the reason.
        RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is X509Certificate2 shown && TunnelPublicKey.TryCreate(shown) is not null,
    };

    /// <exception cref="Exception">The connection broke, TLS failed, or the token was cancelled.</exception>
    public async Task<HandshakeOutcome> RunAsync(TunnelStream stream, EndPoint? remote, CancellationToken cancellationToken)
    {
        await stream.AuthenticateAsServerAsync(_tls, cancellationToken);
        var key = stream.RemoteCertificate is X509Certificate2 shown ? TunnelPublicKey.TryCreate(shown) : null;
        var peer = new TunnelPeer(key ?? throw new AuthenticationException("The worker shows no P-256 key."), remote);
        HelloLine hello;
        try
        {
            hello = await HandshakeLines.ReadAsync(stream, TunnelJson.Default.HelloLine, cancellationToken);
        }
        catch (HandshakeException e)
        {
            return new HandshakeOutcome(peer, null, null, new TunnelRefusal(TunnelRefusalCodes.BadHello, e.Message));
        }
        if (hello.FindFault() is { } fault)
            return new HandshakeOutcome(peer, hello, null, fault);
        TrustVerdict verdict = await trust.JudgeAsync(peer, cancellationToken);
        return new HandshakeOutcome(peer, hello, verdict.Label, verdict.Refusal);
    }

    /// <summary>Tells the worker whether it is taken, and who we are where it asked.</summary>
    public Task AnswerAsync(TunnelStream stream, TunnelRefusal? refusal, HelloLine? hello, CancellationToken cancellationToken)
    {
        (byte[]? statement, byte[]? signature) = refusal is null && hello?.Nonce is { } nonce && statements is not null ? statements.State(nonce) : (null, null);
        return HandshakeLines.WriteAsync(stream, new WelcomeLine(TunnelProtocol.Version, refusal, statement, signature), TunnelJson.Default.WelcomeLine, cancellationToken);
    }
}
