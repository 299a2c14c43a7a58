using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Gateway.Attestation;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Attestation;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Unit.Tunnel;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.Extensions.Logging.Abstractions;

namespace CocoonOrleans.Tests.Unit.Gateway.Attestation;

/// <summary>A gateway that acts upon the cluster's list, over a real tunnel.</summary>
public sealed class RevocationsTests : IAsyncLifetime, IDisposable
{
    private static readonly VerifiedMachine Machine = new(Assurance.Simulated, Digest.Of("image"u8), new string('3', 96), Digest.Of("platform"u8), MustDrain: false);

    private readonly AttestedWorld _attested = AttestedWorld.Create();
    private readonly TestCluster _cluster = TestCluster.Create();
    private readonly WorkerConnections _connections = new();
    private readonly TunnelIdentity _worker = TunnelIdentity.Create(TimeProvider.System);
    private readonly WorkerSeal _seal;
    private readonly Revocations _revocations;
    private TestGateway _gateway = null!;
    private TestWorker _host = null!;
    private WorkerTunnel _tunnel = null!;

    public RevocationsTests()
    {
        _seal = new WorkerSeal(_attested.Time);
        _revocations = new Revocations(_cluster.Calls(TimeProvider.System), _connections, TimeProvider.System, NullLogger<Revocations>.Instance);
    }

    public async Task InitializeAsync()
    {
        _gateway = await TestGateway.StartAsync(PinnedKeys.Only(_worker.Id, "the worker"));
        _host = await TestWorker.StartAsync(_gateway.Port, _gateway.Identity.Id, identity: _worker);
        _tunnel = await _gateway.NextTunnelAsync();
        BoundStatement statement = _attested.Worker.Statement;
        Assert.True(_seal.TryRenew(new CheckedStatement(statement, TrustTier.Simulated, statement.Statement.Expires) { Machine = Machine }, out _));
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
        _revocations.Dispose();
        _seal.Dispose();
        _worker.Dispose();
    }

    [Theory]
    [InlineData(RevocationKind.Worker)]
    [InlineData(RevocationKind.Platform)]
    [InlineData(RevocationKind.Image)]
    [InlineData(RevocationKind.Measurement)]
    public async Task Refresh_ListNamesTheWorker_SealsNothingMoreAndClosesTheTunnelWithTheReason(RevocationKind kind)
    {
        _cluster.Revocations.List = new RevocationList(1, [Other(), Of(kind)]);

        await _revocations.RefreshAsync(default);

        Assert.True(_seal.IsRevoked);
        Assert.False(_seal.IsOpen);
        Assert.Equal(TunnelRefusalCodes.Revoked, (await _tunnel.Ended.WaitAsync(TestGateway.Deadline)).Code);
        await Condition.HoldsAsync(() => _host.Link.Refusal is { Code: TunnelRefusalCodes.Revoked } refusal && refusal.Message.Contains("stolen", StringComparison.Ordinal), "the worker is told why");
    }

    [Fact]
    public async Task Refresh_ListNamesOthers_LeavesTheWorkerAlone()
    {
        // A value counts for its own kind alone.
        _cluster.Revocations.List = new RevocationList(1, [Other(), Of(RevocationKind.Worker) with { Kind = RevocationKind.Image }, Of(RevocationKind.Platform) with { Kind = RevocationKind.Worker }]);

        await _revocations.RefreshAsync(default);

        Assert.Equal((false, true), (_seal.IsRevoked, _seal.IsOpen));
        Assert.Null(_revocations.Find(Assert.Single(_connections.All)));
        Assert.False(_tunnel.Ended.IsCompleted);
    }

    [Fact]
    public async Task Refresh_ClusterIsAway_KeepsTheLastListInForce()
    {
        WorkerConnection connection = Assert.Single(_connections.All);
        _cluster.Revocations.List = new RevocationList(1, [Of(RevocationKind.Platform)]);
        await _revocations.RefreshAsync(default);

        _cluster.Revocations.IsAway = true;
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => _revocations.RefreshAsync(default));

        Assert.Equal("stolen", _revocations.Find(connection)?.Reason);
    }

    [Fact]
    public async Task Run_ListChangesLater_IsActedUponByItself()
    {
        await _revocations.StartAsync(default);
        await Condition.HoldsAsync(() => _cluster.Revocations.Calls > 1, "it asks again and again");

        _cluster.Revocations.List = new RevocationList(7, [Of(RevocationKind.Image)]);

        Assert.Equal(TunnelRefusalCodes.Revoked, (await _tunnel.Ended.WaitAsync(TestGateway.Deadline)).Code);
        await _revocations.StopAsync(default);
    }

    private static Revocation Other() => new(RevocationKind.Platform, new string('9', 64), "other", default);

    private Revocation Of(RevocationKind kind) => new(
        kind,
        kind switch
        {
            RevocationKind.Worker => _worker.Id,
            RevocationKind.Platform => Machine.Platform.ToString(),
            RevocationKind.Image => Machine.Image!.Value.ToString(),
            _ => Machine.Measurement,
        },
        "stolen",
        default);
}
