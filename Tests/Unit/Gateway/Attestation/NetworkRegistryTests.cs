using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Gateway.Attestation;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Registries;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Unit.Tunnel;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.Extensions.Logging.Abstractions;

namespace CocoonOrleans.Tests.Unit.Gateway.Attestation;

/// <summary>A gateway that goes by the registry as its cluster tells it, over a real tunnel.</summary>
public sealed class NetworkRegistryTests : IAsyncLifetime, IDisposable
{
    private static readonly VerifiedMachine Machine = new(Assurance.Simulated, Digest.Of("image"u8), new string('3', 96), Digest.Of("platform"u8), MustDrain: false);
    private static readonly string Image = Machine.Image!.Value.ToString();

    private readonly AttestedWorld _attested = AttestedWorld.Create();
    private readonly TestCluster _cluster = TestCluster.Create();
    private readonly WorkerConnections _connections = new();
    private readonly TunnelIdentity _worker = TunnelIdentity.Create(TimeProvider.System);
    private readonly WorkerSeal _seal;
    private readonly NetworkRegistry _registry;
    private TestGateway _gateway = null!;
    private TestWorker _host = null!;
    private WorkerTunnel _tunnel = null!;

    public NetworkRegistryTests()
    {
        _seal = new WorkerSeal(_attested.Time);
        _registry = new NetworkRegistry(_cluster.Calls(TimeProvider.System), _connections, _attested.Time, NullLogger<NetworkRegistry>.Instance);
    }

    private DateTimeOffset Now => _attested.Time.GetUtcNow();

    private CheckedStatement Statement => new(_attested.Worker.Statement, TrustTier.Simulated, _attested.Worker.Statement.Statement.Expires) { Machine = Machine };

    private string Model => Statement.Bound.Statement.Models[0].ToString();

    public async Task InitializeAsync()
    {
        _gateway = await TestGateway.StartAsync(PinnedKeys.Only(_worker.Id, "the worker"));
        _host = await TestWorker.StartAsync(_gateway.Port, _gateway.Identity.Id, identity: _worker);
        _tunnel = await _gateway.NextTunnelAsync();
        Assert.True(_seal.TryRenew(Statement, out _));
        _connections.Add(new WorkerConnection(_tunnel, TestWorker.Registration(_host.BootId), epoch: 1, _seal));
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _gateway.DisposeAsync();
        await _attested.DisposeAsync();
    }

    public void Dispose()
    {
        _registry.Dispose();
        _seal.Dispose();
        _worker.Dispose();
    }

    [Fact]
    public async Task Judge_ImageAndModelListed_MayServe()
    {
        Tell(1, [Allowed(Image)], [Model, new string('7', 64)]);
        Assert.Null(await _registry.JudgeAsync(Statement, default));

        // A registry that lists no models leaves models alone, and one that lists no images allows none.
        Tell(2, [Allowed(Image)], []);
        await _registry.RefreshAsync(default);
        Assert.Null(await _registry.JudgeAsync(Statement, default));
    }

    [Fact]
    public async Task Judge_NoRegistry_LeavesItToTheGatewaysOwnPolicy()
    {
        Assert.Null(await _registry.JudgeAsync(Statement with { Machine = Machine with { Image = null } }, default));
    }

    [Fact]
    public async Task Judge_WhatIsNotListed_IsRefusedWithItsReason()
    {
        Tell(1, [Allowed(new string('9', 64))], []);
        await RefusesAsync(Statement, Image);
        await RefusesAsync(Statement with { Machine = Machine with { Image = null } }, "not known here");

        // Without a machine there is no image to ask for: tier open is what clients make of it.
        Assert.Null(await _registry.JudgeAsync(Statement with { Machine = null }, default));

        Tell(2, [Allowed(Image)], [new string('7', 64)]);
        await _registry.RefreshAsync(default);
        await RefusesAsync(Statement, Model);
        await RefusesAsync(Statement with { Machine = null }, Model);

        Tell(3, [new AllowedImage(Image, Now.AddHours(1), Now.AddHours(2))], []);
        await _registry.RefreshAsync(default);
        await RefusesAsync(Statement, "is listed from");
    }

    [Fact]
    public async Task Judge_OldOrNeverRead_AdmitsNobodyAndSaysThatItMayPass()
    {
        _cluster.Registry.Answer = new RegistryAnswer(IsUsed: true, 0, DateTimeOffset.MinValue, null);
        await UnreadableAsync();

        Tell(1, [Allowed(Image)], [], Now.AddMinutes(5));
        Assert.Null(await _registry.JudgeAsync(Statement, default));
        _attested.Time.Advance(TimeSpan.FromMinutes(6));
        await UnreadableAsync();

        // That it is old ends no session.
        await _registry.RefreshAsync(default);
        Assert.False(_seal.IsRevoked);

        // Said again by the chain, with nothing changed.
        _cluster.Registry.Answer = _cluster.Registry.Answer with { FreshUntil = Now.AddMinutes(5) };
        Assert.Null(await _registry.JudgeAsync(Statement, default));
    }

    [Fact]
    public async Task Judge_ClusterIsAway_IsAnErrorOnlyWhereItWasNeverAsked()
    {
        _cluster.Registry.IsAway = true;
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => _registry.JudgeAsync(Statement, default));

        _cluster.Registry.IsAway = false;
        Tell(1, [Allowed(Image)], []);
        await _registry.RefreshAsync(default);
        _cluster.Registry.IsAway = true;
        Assert.Null(await _registry.JudgeAsync(Statement, default));
    }

    [Fact]
    public async Task Refresh_ImageTakenOff_SealsNothingMoreAndClosesTheTunnelWithTheReason()
    {
        Tell(1, [Allowed(Image)], []);
        await _registry.RefreshAsync(default);
        Assert.Equal((false, true), (_seal.IsRevoked, _seal.IsOpen));

        Tell(2, [], []);
        await _registry.RefreshAsync(default);

        Assert.True(_seal.IsRevoked);
        Assert.Equal(TunnelRefusalCodes.NotListed, (await _tunnel.Ended.WaitAsync(TestGateway.Deadline)).Code);
        await Condition.HoldsAsync(() => _host.Link.Refusal is { Code: TunnelRefusalCodes.NotListed } refusal && refusal.Message.Contains(Image, StringComparison.Ordinal), "the worker is told why");
    }

    private async Task RefusesAsync(CheckedStatement statement, string reason)
    {
        StatementFinding? finding = await _registry.JudgeAsync(statement, default);
        Assert.Equal((TunnelRefusalCodes.NotListed, false), (finding?.Refusal?.Code, finding!.MayPass));
        Assert.Contains(reason, finding.Refusal!.Message, StringComparison.Ordinal);
    }

    private async Task UnreadableAsync()
    {
        StatementFinding? finding = await _registry.JudgeAsync(Statement, default);
        Assert.Equal((TunnelRefusalCodes.RegistryUnreadable, true), (finding?.Refusal?.Code, finding!.MayPass));
    }

    private void Tell(long revision, AllowedImage[] images, string[] models, DateTimeOffset? freshUntil = null) => _cluster.Registry.Answer = new RegistryAnswer(
        IsUsed: true, revision, freshUntil ?? Now.AddDays(1), new RegistryContent("-1000 0:1", (uint)revision, images, models));

    private AllowedImage Allowed(string image) => new(image, Now.AddDays(-1), Now.AddDays(1));
}
