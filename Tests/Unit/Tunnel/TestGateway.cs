using System.Threading.Channels;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Unit.Tunnel;

/// <summary>A gateway's listener on a loopback port, whose handler hands its tunnels to the test and keeps each until it ends.</summary>
public sealed class TestGateway : ITunnelHandler, IGatewayStatements, IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly Channel<WorkerTunnel> _tunnels = Channel.CreateUnbounded<WorkerTunnel>();
    private readonly WorkerTunnelListener _listener;

    private TestGateway(TunnelIdentity identity, ITunnelTrust trust, TunnelListenerOptions options, TimeProvider time)
    {
        Identity = identity;
        _listener = new WorkerTunnelListener(Options.Create(options), identity, trust, this, time, NullLogger<WorkerTunnelListener>.Instance, this);
    }

    public TunnelIdentity Identity { get; }

    /// <summary>What it states to a worker with this nonce; by default what a gateway of the network "local" does.</summary>
    public Func<string, (byte[] Statement, byte[] Signature)>? States { get; set; }

    public int Port => _listener.LocalEndPoint!.Port;

    public IReadOnlyList<WorkerTunnel> Tunnels => _listener.Tunnels;

    public static async Task<TestGateway> StartAsync(
        ITunnelTrust trust, Action<TunnelListenerOptions>? configure = null, TunnelIdentity? identity = null, int port = 0, TimeProvider? time = null)
    {
        var options = new TunnelListenerOptions { Listen = $"127.0.0.1:{port}" };
        configure?.Invoke(options);
        var gateway = new TestGateway(identity ?? TunnelIdentity.Create(TimeProvider.System), trust, options, time ?? TimeProvider.System);
        await gateway._listener.StartAsync(CancellationToken.None);
        return gateway;
    }

    /// <summary>The next tunnel that was accepted and whose first request, as the protocol wants it, was answered.</summary>
    public async Task<WorkerTunnel> NextTunnelAsync()
    {
        WorkerTunnel tunnel = await _tunnels.Reader.ReadAsync().AsTask().WaitAsync(Deadline);
        await tunnel.GetRegistrationAsync(CancellationToken.None).WaitAsync(Deadline);
        return tunnel;
    }

    public (byte[] Statement, byte[] Signature) State(string nonce) => States?.Invoke(nonce) ?? Honest(nonce);

    /// <summary>The statement of a gateway of a network.</summary>
    public (byte[] Statement, byte[] Signature) Honest(string nonce, string network = "local", TunnelIdentity? identity = null)
    {
        identity ??= Identity;
        return GatewayStatement.Make(
            network, new byte[16], "tests 1", identity.PublicKey.SubjectPublicKeyInfo, new Digest(Convert.FromHexString(nonce)), TimeProvider.System.GetUtcNow(), identity.Sign);
    }

    public async Task ServeAsync(WorkerTunnel tunnel, CancellationToken cancellationToken)
    {
        _tunnels.Writer.TryWrite(tunnel);
        await tunnel.Ended.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.StopAsync(CancellationToken.None);
        _listener.Dispose();
    }
}
