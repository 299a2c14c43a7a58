using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Tcb;
using CocoonOrleans.Gateway.Attestation;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Unit.Gateway.Attestation;

/// <summary>Workers whose TD must be started again, and what this gateway says of a machine.</summary>
public sealed class AttestedSessionsTests : IAsyncLifetime, IDisposable
{
    private readonly AttestedWorld _attested = AttestedWorld.Create();
    private readonly TunnelIdentity _identity = TunnelIdentity.Create(TimeProvider.System);

    private readonly GrainCalls _calls;
    private readonly NetworkRegistry _registry;

    public AttestedSessionsTests()
    {
        _calls = TestCluster.Create().Calls(_attested.Time);
        _registry = new NetworkRegistry(_calls, new WorkerConnections(), _attested.Time, NullLogger<NetworkRegistry>.Instance);
    }

    public void Dispose() => _registry.Dispose();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _identity.Dispose();
        await _attested.DisposeAsync();
    }

    [Fact]
    public async Task Check_GoodEvidence_SaysWhichMachineItIs()
    {
        CheckedStatement statement = await CheckAsync(TcbStatus.UpToDate);
        CheckedStatement again = await CheckAsync(TcbStatus.UpToDate);

        Assert.Equal((false, 96), (statement.Machine!.MustDrain, statement.Machine.Measurement.Length));
        Assert.Equal(statement.Machine, again.Machine);
        Assert.Null((await _attested.CheckAsync(_attested.Worker.Vouch(_attested.Worker.Renew()))).Statement?.Machine);
    }

    [Fact]
    public async Task Judge_RelaunchAdvised_ServesUntilTheGraceIsOverAndThenNoMore()
    {
        AttestedSessions sessions = Sessions();
        CheckedStatement drains = await CheckAsync(TcbStatus.TDRelaunchAdvised);
        DateTimeOffset now = _attested.Time.GetUtcNow();
        Assert.True(drains.Machine!.MustDrain);

        CheckedStatement first = Taken(sessions.Judge(drains, null));
        Assert.Equal((now, now + TimeSpan.FromDays(14), drains.ValidUntil), (first.RelaunchAdvisedSince, first.RelaunchBy, first.ValidUntil));

        // The last minutes of the grace are shorter than the statement.
        DateTimeOffset since = now - TimeSpan.FromDays(14) + TimeSpan.FromMinutes(3);
        CheckedStatement last = Taken(sessions.Judge(drains, since));
        Assert.Equal(now + TimeSpan.FromMinutes(3), last.ValidUntil);
        using var seal = new WorkerSeal(_attested.Time);
        Assert.True(seal.TryRenew(last, out _));
        Assert.True(seal.IsOpen);
        _attested.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.False(seal.IsOpen);

        StatementFinding over = sessions.Judge(drains, since);
        Assert.StartsWith($"{RefusalCodes.PolicyRelaunch}: ", over.Refusal?.Message, StringComparison.Ordinal);
        Assert.False(over.MayPass);
    }

    [Fact]
    public async Task Judge_NoGrace_RefusesAtOnce()
    {
        _attested.Options.Attestation.RelaunchGrace = TimeSpan.Zero;

        Assert.StartsWith(RefusalCodes.PolicyRelaunch, Sessions().Judge(await CheckAsync(TcbStatus.TDRelaunchAdvised), null).Refusal?.Message, StringComparison.Ordinal);
        Assert.True(Sessions().Judge(await CheckAsync(TcbStatus.UpToDate), null).IsTaken);
    }

    [Fact]
    public async Task Seal_Revoked_SealsAndFindsNothingMore()
    {
        using var seal = new WorkerSeal(_attested.Time);
        CheckedStatement statement = await CheckAsync(TcbStatus.UpToDate);
        Assert.True(seal.TryRenew(statement, out _));
        Assert.NotNull(seal.Find(statement.Bound.Hash));

        seal.Revoke();

        Assert.Equal((true, false, null), (seal.IsRevoked, seal.IsOpen, seal.Tier));
        Assert.Null(seal.Find(statement.Bound.Hash));
        Assert.False(seal.TryAddFresh(statement));
    }

    /// <summary>Whoever watches the counter sees what stands behind the statements that were accepted.</summary>
    [Fact]
    public async Task Check_SimulatedEvidence_IsCountedAsSimulated()
    {
        using var telemetry = new TelemetryCapture();

        await CheckAsync(TcbStatus.UpToDate);

        Assert.Contains(telemetry.Of("cocoon.gateway.evidence"), one => one.Contains("outcome=accepted assurance=simulated", StringComparison.Ordinal));
    }

    /// <summary>The section's policy is the one that quotes are judged by.</summary>
    [Fact]
    public async Task Check_RelaunchAdvisedAndAStrictPolicy_IsRefused()
    {
        _attested.Options.Attestation.Tcb.Strict = true;
        await _attested.RestartAsync();
        BoundStatement statement = _attested.Renew();

        EvidenceFinding finding = await _attested.JudgeAsync(
            statement, _attested.Vouch(statement, settings => settings.TeeTcbSvn = CocoonOrleans.Attestation.Simulated.Worlds.WorldSettings.Svns(4, 1, 3)));

        Assert.Equal(RefusalCodes.PolicyStatus, finding.Refusal?.Code);
    }

    private AttestedSessions Sessions() => new(_calls, _registry, _identity, Options.Create(_attested.Options), _attested.Time);

    private async Task<CheckedStatement> CheckAsync(TcbStatus status)
    {
        BoundStatement statement = _attested.Renew();
        return Taken(await _attested.CheckAsync(_attested.Vouch(statement, settings =>
        {
            if (status == TcbStatus.TDRelaunchAdvised)
            {
                // The module that started the TD is old, the one that runs now is not.
                settings.TeeTcbSvn = CocoonOrleans.Attestation.Simulated.Worlds.WorldSettings.Svns(4, 1, 3);
            }
        })));
    }

    private static CheckedStatement Taken(StatementFinding finding)
    {
        Assert.True(finding.IsTaken, finding.Refusal?.Message);
        return finding.Statement;
    }
}
