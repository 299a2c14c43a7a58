using System.Collections.Concurrent;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Dialing;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Trust;

namespace CocoonOrleans.Tests.Unit.Tunnel.Accepting;

/// <summary>Who gets a tunnel, how long, and what happens when it ends.</summary>
public sealed class WorkerTunnelListenerTests : IAsyncDisposable
{
    private readonly TunnelIdentity _worker = TunnelIdentity.Create(TimeProvider.System);
    private readonly ChangingTrust _trust = new();
    private readonly List<IAsyncDisposable> _running = [];

    public async ValueTask DisposeAsync()
    {
        _running.Reverse();
        foreach (IAsyncDisposable one in _running)
            await one.DisposeAsync();
        _worker.Dispose();
    }

    [Fact]
    public async Task Worker_KeyNotAllowed_IsToldWhy()
    {
        TestGateway gateway = await GatewayAsync();
        TestWorker worker = await WorkerAsync(gateway);
        await Condition.HoldsAsync(() => worker.Link.State == GatewayLinkState.Refused, "the worker is refused", () => $"{worker.Link.State}");
        Assert.Equal(TunnelRefusalCodes.KeyNotAllowed, worker.Link.Refusal?.Code);
        Assert.Empty(gateway.Tunnels);
    }

    [Fact]
    public async Task Worker_KeyAllowedLater_GetsInWithoutARestart()
    {
        TestGateway gateway = await GatewayAsync();
        TestWorker worker = await WorkerAsync(gateway);
        await Condition.HoldsAsync(() => worker.Link.Refusal is not null, "the worker is refused first");
        _trust.Allowed[_worker.Id] = true;
        Assert.Equal(_worker.Id, (await gateway.NextTunnelAsync()).WorkerId);
        Assert.Null(worker.Link.Refusal);
    }

    [Fact]
    public async Task Gateway_OtherKeyThanPinned_IsNotTrusted()
    {
        _trust.Allowed[_worker.Id] = true;
        TestGateway gateway = await GatewayAsync();
        TestWorker worker = await WorkerAsync(gateway, pin: new string('0', 64));
        await Condition.HoldsAsync(() => worker.Link.State == GatewayLinkState.Refused, "the worker refuses", () => $"{worker.Link.State}");
        Assert.Contains(gateway.Identity.Id, worker.Link.Refusal!.Message, StringComparison.Ordinal);
        Assert.Empty(gateway.Tunnels);
    }

    [Fact]
    public async Task Trust_Withdrawn_EndsTheTunnelWithTheReason()
    {
        _trust.Allowed[_worker.Id] = true;
        TestGateway gateway = await GatewayAsync(options => options.TrustCheckPeriod = TimeSpan.FromMilliseconds(100));
        TestWorker worker = await WorkerAsync(gateway);
        WorkerTunnel tunnel = await gateway.NextTunnelAsync();
        _trust.Allowed.Clear();
        Assert.Equal(TunnelRefusalCodes.KeyNotAllowed, (await tunnel.Ended.WaitAsync(TestGateway.Deadline)).Code);
        await Condition.HoldsAsync(() => worker.Link.Refusal?.Code == TunnelRefusalCodes.KeyNotAllowed, "the worker knows why");
    }

    [Fact]
    public async Task Close_Fenced_TellsTheWorkerAndLeavesTheNewerTunnel()
    {
        _trust.Allowed[_worker.Id] = true;
        TestGateway gateway = await GatewayAsync();
        TestWorker older = await WorkerAsync(gateway);
        WorkerTunnel old = await gateway.NextTunnelAsync();
        await WorkerAsync(gateway);
        WorkerTunnel current = await gateway.NextTunnelAsync();
        await old.CloseAsync(new TunnelRefusal(TunnelRefusalCodes.Fenced, "A newer session took over."));
        Assert.Equal(new TunnelEnd(TunnelRefusalCodes.Fenced, "A newer session took over."), await old.Ended.WaitAsync(TestGateway.Deadline));
        await Condition.HoldsAsync(() => older.Link.Refusal?.Code == TunnelRefusalCodes.Fenced, "the older process knows that it was fenced");
        await current.GetRegistrationAsync(default);
    }

    [Fact]
    public async Task Worker_MoreTunnelsThanOneMayHave_IsRefused()
    {
        _trust.Allowed[_worker.Id] = true;
        TestGateway gateway = await GatewayAsync(options => options.MaxTunnelsPerWorker = 1);
        await WorkerAsync(gateway);
        await gateway.NextTunnelAsync();
        TestWorker second = await WorkerAsync(gateway);
        await Condition.HoldsAsync(() => second.Link.Refusal?.Code == TunnelRefusalCodes.TooManySessions, "the second process is refused");
    }

    [Fact]
    public async Task Worker_GatewayFull_IsRefused()
    {
        _trust.Allowed[_worker.Id] = true;
        TestGateway gateway = await GatewayAsync(options => options.MaxTunnels = 1);
        await WorkerAsync(gateway);
        await gateway.NextTunnelAsync();
        using TunnelIdentity other = TunnelIdentity.Create(TimeProvider.System);
        _trust.Allowed[other.Id] = true;
        TestWorker second = await WorkerAsync(gateway, identity: other);
        await Condition.HoldsAsync(() => second.Link.Refusal?.Code == TunnelRefusalCodes.TooManyTunnels, "the second worker is refused");
    }

    [Fact]
    public async Task Gateway_GoneAndBack_IsDialledAgain()
    {
        _trust.Allowed[_worker.Id] = true;
        TestGateway first = await TestGateway.StartAsync(_trust);
        TestWorker worker = await WorkerAsync(first);
        await first.NextTunnelAsync();
        int port = first.Port;
        await first.DisposeAsync();
        await Condition.HoldsAsync(() => worker.Link.State != GatewayLinkState.Connected, "the worker notices");

        TestGateway second = await TestGateway.StartAsync(_trust, identity: first.Identity, port: port);
        _running.Add(second);
        Assert.Equal(worker.BootId, (await second.NextTunnelAsync()).BootId);
    }

    [Fact]
    public async Task Gateway_Stops_TellsTheWorkerWhy()
    {
        _trust.Allowed[_worker.Id] = true;
        TestGateway gateway = await TestGateway.StartAsync(_trust);
        TestWorker worker = await WorkerAsync(gateway);
        WorkerTunnel tunnel = await gateway.NextTunnelAsync();
        await gateway.DisposeAsync();
        Assert.Equal(TunnelRefusalCodes.Stopping, (await tunnel.Ended.WaitAsync(TestGateway.Deadline)).Code);
        await Condition.HoldsAsync(() => worker.Link.Refusal?.Code == TunnelRefusalCodes.Stopping, "the worker knows why");
    }

    private async Task<TestGateway> GatewayAsync(Action<TunnelListenerOptions>? configure = null)
    {
        TestGateway gateway = await TestGateway.StartAsync(_trust, configure);
        _running.Add(gateway);
        return gateway;
    }

    private async Task<TestWorker> WorkerAsync(TestGateway gateway, string? pin = null, TunnelIdentity? identity = null)
    {
        TestWorker worker = await TestWorker.StartAsync(gateway.Port, pin ?? gateway.Identity.Id, identity: identity ?? _worker);
        _running.Add(worker);
        return worker;
    }

    /// <summary>A list of keys that the test changes.</summary>
    private sealed class ChangingTrust : ITunnelTrust
    {
        public ConcurrentDictionary<string, bool> Allowed { get; } = [];

        public ValueTask<TrustVerdict> JudgeAsync(TunnelPeer peer, CancellationToken cancellationToken) =>
            PinnedKeys(Allowed).JudgeAsync(peer, cancellationToken);

        private static PinnedKeys PinnedKeys(IEnumerable<KeyValuePair<string, bool>> keys) => new(keys.ToDictionary(key => key.Key, _ => "allowed"));
    }
}
