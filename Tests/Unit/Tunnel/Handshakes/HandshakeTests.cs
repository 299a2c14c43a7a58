using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Trust;

namespace CocoonOrleans.Tests.Unit.Tunnel.Handshakes;

/// <summary>What a gateway says to connections that are not the worker they should be.</summary>
public sealed class HandshakeTests : IAsyncDisposable
{
    private readonly TcpClient _client = new();
    private TestGateway? _gateway;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_gateway is not null)
            await _gateway.DisposeAsync();
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("{}\n")]
    [InlineData("null\n")]
    [InlineData("{\"protocol\":1,\"bootId\":null,\"software\":\"x\"}\n")]
    [InlineData("{\"protocol\":1,\"bootId\":\"short\",\"software\":\"x\"}\n")]
    [InlineData("\n")]
    public async Task Hello_Garbage_IsRefusedAsBadHello(string hello)
    {
        await using SslStream tls = await ConnectAsync();
        await tls.WriteAsync(Encoding.ASCII.GetBytes(hello));
        Assert.Contains("\"code\":\"bad_hello\"", await AnswerAsync(tls), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hello_LongerThanALine_IsRefusedAsBadHello()
    {
        await using SslStream tls = await ConnectAsync();
        await tls.WriteAsync(new byte[TunnelProtocol.MaxLineBytes]);
        Assert.Contains("\"code\":\"bad_hello\"", await AnswerAsync(tls), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hello_OtherVersion_IsRefusedSayingWhichOneToUpdate()
    {
        await using SslStream tls = await ConnectAsync();
        await tls.WriteAsync(Encoding.ASCII.GetBytes($$"""{"protocol":2,"bootId":"{{HelloLine.NewBootId()}}","software":"x"}""" + "\n"));
        Assert.Contains("\"code\":\"unsupported_protocol\"", await AnswerAsync(tls), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hello_NeverComplete_IsCutOffAfterTheTimeout()
    {
        await using SslStream tls = await ConnectAsync(TimeSpan.FromMilliseconds(300));
        await tls.WriteAsync("{\"proto"u8.ToArray());
        Assert.Equal("", await AnswerAsync(tls));
    }

    [Fact]
    public async Task Tls_NeverBegun_IsCutOffAfterTheTimeout()
    {
        await StartAsync(TimeSpan.FromMilliseconds(300));
        await _client.ConnectAsync("127.0.0.1", _gateway!.Port);
        Assert.Equal(0, await _client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(TestGateway.Deadline));
    }

    [Fact]
    public async Task Tls_WithoutACertificate_IsRefused()
    {
        await StartAsync(TimeSpan.FromSeconds(10));
        await using SslStream tls = await ConnectAsync(certificate: null);
        Assert.Equal("", await AnswerAsync(tls));
    }

    [Fact]
    public async Task Tls_OtherCurve_IsRefused()
    {
        await StartAsync(TimeSpan.FromSeconds(10));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using X509Certificate2 certificate = SelfSigned(key);
        await using SslStream tls = await ConnectAsync(certificate);
        Assert.Equal("", await AnswerAsync(tls));
    }

    [Fact]
    public async Task Handshakes_AllPlacesTakenByMuteConnections_FreeThemselvesForAWorker()
    {
        using TunnelIdentity worker = TunnelIdentity.Create(TimeProvider.System);
        _gateway = await TestGateway.StartAsync(PinnedKeys.Only(worker.Id, "w"), options =>
        {
            options.MaxPendingHandshakes = 2;
            options.HandshakeTimeout = TimeSpan.FromMilliseconds(300);
        });
        using var second = new TcpClient();
        await _client.ConnectAsync("127.0.0.1", _gateway.Port);
        await second.ConnectAsync("127.0.0.1", _gateway.Port);
        await using TestWorker dialled = await TestWorker.StartAsync(_gateway.Port, _gateway.Identity.Id, identity: worker);
        Assert.Equal(worker.Id, (await _gateway.NextTunnelAsync()).WorkerId);
    }

    private static X509Certificate2 SelfSigned(ECDsa key) =>
        new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));

    private async Task StartAsync(TimeSpan timeout) =>
        _gateway ??= await TestGateway.StartAsync(new PinnedKeys(new Dictionary<string, string>()), options => options.HandshakeTimeout = timeout);

    private async Task<SslStream> ConnectAsync(TimeSpan? timeout = null)
    {
        await StartAsync(timeout ?? TimeSpan.FromSeconds(10));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return await ConnectAsync(SelfSigned(key));
    }

    private async Task<SslStream> ConnectAsync(X509Certificate2? certificate)
    {
        await _client.ConnectAsync("127.0.0.1", _gateway!.Port);
        var tls = new SslStream(_client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "gateway",
            EnabledSslProtocols = SslProtocols.Tls13,
            ApplicationProtocols = [new SslApplicationProtocol(TunnelProtocol.Alpn)],
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
        return tls;
    }

    /// <summary>All that comes until the gateway closes; nothing where it closes with a TLS alert.</summary>
    private static async Task<string> AnswerAsync(SslStream tls)
    {
        using var reader = new StreamReader(tls);
        try
        {
            return await reader.ReadToEndAsync().WaitAsync(TestGateway.Deadline);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
