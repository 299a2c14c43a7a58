using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.ClusterTls;

/// <summary>Puts TLS 1.3 between Orleans and its sockets, with a certificate on both sides. A connection whose handshake fails, or takes too long, ends before Orleans sees it.</summary>
/// <param name="certificates">The certificates.</param>
/// <param name="isServer">Whether this side was called.</param>
/// <param name="peers">The roles that the other side may have.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of refusals.</param>
internal sealed partial class TlsConnection(ClusterCertificates certificates, bool isServer, string[] peers, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(5);

    /// <summary>Runs a connection.</summary>
    /// <param name="connection">The connection, whose bytes are not encrypted yet.</param>
    /// <param name="next">What runs it over the encrypted bytes.</param>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        IDuplexPipe plain = connection.Transport;
        await using var tls = new SslStream(new DuplexStream(plain), leaveInnerStreamOpen: false);
        try
        {
            using var limit = new CancellationTokenSource(HandshakeLimit, time);
            await (isServer ? tls.AuthenticateAsServerAsync(ServerOptions(), limit.Token) : tls.AuthenticateAsClientAsync(ClientOptions(), limit.Token));
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException or InvalidOperationException)
        {
            LogRefused(connection.RemoteEndPoint?.ToString() ?? "somebody", e.Message);
            throw new ConnectionAbortedException("The other side did not prove that it belongs to the cluster.", e);
        }

        connection.Transport = new TlsPipes(PipeReader.Create(tls), PipeWriter.Create(tls));
        try
        {
            await next(connection);
        }
        finally
        {
            await connection.Transport.Input.CompleteAsync();
            await connection.Transport.Output.CompleteAsync();
            connection.Transport = plain;
        }
    }

    private SslServerAuthenticationOptions ServerOptions() => new()
    {
        ServerCertificateContext = certificates.Own,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, certificate, chain, _) => certificates.IsTrusted(certificate, chain, peers),
    };

    private SslClientAuthenticationOptions ClientOptions() => new()
    {
        TargetHost = ClusterRole.Silo,
        ClientCertificateContext = certificates.Own,
        EnabledSslProtocols = SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, certificate, chain, _) => certificates.IsTrusted(certificate, chain, peers),
    };

    [LoggerMessage(LogLevel.Warning, "The connection with {Peer} has ended: no certificate of the cluster's authority for its role, or not the other way round ({Reason})")]
    private partial void LogRefused(string peer, string reason);

    private sealed record TlsPipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
