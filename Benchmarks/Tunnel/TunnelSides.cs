using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Dialing;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Benchmarks.Tunnel;

/// <summary>A gateway's listener, a worker on one tunnel to it, and a dialler that makes a handshake and goes.</summary>
internal sealed class TunnelSides : ITunnelHandler, IGatewayStatements, IAsyncDisposable
{
    private const string Network = "benchmark";
    private const int PayloadBytes = 1000;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly TunnelIdentity _gateway = TunnelIdentity.Create(TimeProvider.System);
    private readonly TunnelIdentity _worker = TunnelIdentity.Create(TimeProvider.System);
    private readonly X509Certificate2 _dialler;
    private readonly SslStreamCertificateContext _diallerContext;
    private readonly ECDsa _diallerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly WorkerTunnelListener _listener;
    private readonly TaskCompletionSource<WorkerTunnel> _tunnel = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication? _app;
    private readonly byte[] _payload = new byte[PayloadBytes];
    private int _jobs;

    private TunnelSides()
    {
        var now = TimeProvider.System.GetUtcNow();
        _dialler = new CertificateRequest("CN=dialler", _diallerKey, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        _diallerContext = SslStreamCertificateContext.Create(_dialler, additionalCertificates: null, offline: true);
        var pinned = new PinnedKeys(new Dictionary<string, string>
        {
            [_worker.Id] = "worker",
            [Convert.ToHexStringLower(SHA256.HashData(_diallerKey.ExportSubjectPublicKeyInfo()))] = "dialler",
        });
        _listener = new WorkerTunnelListener(
            Options.Create(new TunnelListenerOptions { Listen = "127.0.0.1:0" }), _gateway, pinned, this, TimeProvider.System, NullLogger<WorkerTunnelListener>.Instance, this);
    }

    /// <summary>Starts both.</summary>
    /// <param name="work">What the worker does with a job; null for an echo.</param>
    public static async Task<TunnelSides> StartAsync(RequestDelegate? work = null)
    {
        var sides = new TunnelSides();
        await sides._listener.StartAsync(CancellationToken.None);
        sides._app = sides.MakeWorker(work ?? (context => context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted)));
        await sides._app.StartAsync();
        await sides._tunnel.Task.WaitAsync(Deadline);
        return sides;
    }

    /// <inheritdoc/>
    public (byte[] Statement, byte[] Signature) State(string nonce) => GatewayStatement.Make(
        Network, new byte[16], "benchmark 1", _gateway.PublicKey.SubjectPublicKeyInfo, new Digest(Convert.FromHexString(nonce)), TimeProvider.System.GetUtcNow(), _gateway.Sign);

    /// <inheritdoc/>
    public async Task ServeAsync(WorkerTunnel tunnel, CancellationToken cancellationToken)
    {
        if (tunnel.WorkerId != _worker.Id)
        {
            return; // The dialler wants no more than the handshake.
        }

        _tunnel.TrySetResult(tunnel);
        await tunnel.Ended.WaitAsync(cancellationToken);
    }

    /// <summary>One handshake, from the connection to the checked statement.</summary>
    public async Task DialAsync()
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, _listener.LocalEndPoint!.Port);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "gateway",
            EnabledSslProtocols = SslProtocols.Tls13,
            ApplicationProtocols = [new SslApplicationProtocol(TunnelProtocol.Alpn)],
            ClientCertificateContext = _diallerContext,
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
        var nonce = RandomNumberGenerator.GetHexString(2 * Digest.Length, lowercase: true);
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"{JsonSerializer.Serialize(new HelloLine(TunnelProtocol.Version, HelloLine.NewBootId(), "benchmark 1", nonce), TunnelJson.Default.HelloLine)}\n"));
        using var reader = new StreamReader(tls, leaveOpen: true);
        var welcome = JsonSerializer.Deserialize(await reader.ReadLineAsync() ?? "null", TunnelJson.Default.WelcomeLine);
        var key = TunnelPublicKey.TryCreate((X509Certificate2)tls.RemoteCertificate!)!;
        var fault = GatewayStatement.Check(welcome?.Statement, welcome?.Signature, Network, key.SubjectPublicKeyInfo, new Digest(Convert.FromHexString(nonce)), TimeProvider.System.GetUtcNow());
        if (fault != GatewayStatementFault.None)
        {
            throw new InvalidOperationException($"The gateway's statement is refused: {fault}, {welcome?.Refusal?.Message}");
        }
    }

    /// <summary>One request on the worker's tunnel, and its answer.</summary>
    public async Task RequestAsync()
    {
        await using var job = await SendAsync(_payload);
        long length = 0;
        for (ReadResult read; ;)
        {
            read = await job.Body.ReadAsync();
            length += read.Buffer.Length;
            job.Body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        if (length != PayloadBytes)
        {
            throw new InvalidOperationException($"{PayloadBytes} bytes were expected back, not {length}.");
        }
    }

    /// <summary>Sends the worker a job.</summary>
    public async Task<JobStream> SendAsync(ReadOnlyMemory<byte> body)
    {
        var tunnel = await _tunnel.Task;
        var dispatch = new JobDispatch(
            $"job-{_jobs++}", "lease-1", "house", "chatcmpl-1", DateTimeOffset.UnixEpoch, 1, TimeProvider.System.GetUtcNow() + Deadline, new OfferedPrices(1, 1, 1), "dGVybXM");
        return await tunnel.SendJobAsync(dispatch, body, CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        await _listener.StopAsync(CancellationToken.None);
        _listener.Dispose();
        _dialler.Dispose();
        _diallerKey.Dispose();
        _gateway.Dispose();
        _worker.Dispose();
    }

    private WebApplication MakeWorker(RequestDelegate work)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(_worker);
        builder.Services.AddSingleton(new DialingOptions { Software = "benchmark 1", BootId = HelloLine.NewBootId() });
        builder.Services.AddTunnelDialing(_ => [new GatewayEndPoint("127.0.0.1", _listener.LocalEndPoint!.Port, PinnedKeys.Only(_gateway.Id, "gateway"))]);
        var app = builder.Build();
        app.MapTunnelControl();
        app.MapPost(TunnelRoutes.Jobs, work);
        return app;
    }
}
