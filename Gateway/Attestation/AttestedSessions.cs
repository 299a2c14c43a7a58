using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Grains.Attestation;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Attestation;

/// <summary>
/// Tells the network what this gateway verified of a worker, and learns what only all gateways together know: whether the worker is revoked, what the registry on the chain allows, and since when a relaunch of its TD is advised.
/// </summary>
public sealed class AttestedSessions(GrainCalls grains, NetworkRegistry registry, TunnelIdentity identity, IOptions<GatewayOptions> options, TimeProvider time)
{
    /// <summary>Records a statement that was verified.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="statement">Its statement.</param>
    /// <param name="cancellationToken">Ends the tries.</param>
    /// <returns>The statement as it may be used, or why not.</returns>
    /// <exception cref="ClusterUnavailableException">The cluster does not answer.</exception>
    public async Task<StatementFinding> AdmitAsync(string workerId, CheckedStatement statement, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(statement);
        if (await registry.JudgeAsync(statement, cancellationToken) is { } unlisted)
        {
            return unlisted;
        }

        AttestedEvidence evidence = EvidenceOf(statement);
        AttestedAdmission admission = await grains.InvokeAsync((client, token) => client.GetGrain<IAttestedSessionGrain>(workerId).RecordAsync(evidence, token), cancellationToken);
        return admission.Revoked is { } revoked
            ? StatementFinding.Refused(Revocations.Refusal(revoked))
            : Judge(statement, admission.RelaunchAdvisedSince);
    }

    /// <summary>What the network knows of a worker; null where nothing.</summary>
    public Task<AttestedSession?> FindAsync(string workerId, CancellationToken cancellationToken) =>
        grains.InvokeAsync((client, token) => client.GetGrain<IAttestedSessionGrain>(workerId).GetAsync(token), cancellationToken);

    /// <summary>Where a relaunch is advised, requests are sealed to the worker until its grace is over, counted from when any gateway first saw the advice.</summary>
    internal StatementFinding Judge(CheckedStatement statement, DateTimeOffset? relaunchAdvisedSince)
    {
        if (statement.Machine is not { MustDrain: true })
        {
            return StatementFinding.Taken(statement);
        }

        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset since = relaunchAdvisedSince ?? now;
        DateTimeOffset by = since + options.Value.Attestation.RelaunchGrace;
        return now >= by
            ? StatementFinding.Refused(new Refusal(RefusalCodes.PolicyRelaunch, $"the TD was expected to be started again by {by:u}"))
            : StatementFinding.Taken(statement with { RelaunchAdvisedSince = since, RelaunchBy = by, ValidUntil = by < statement.ValidUntil ? by : statement.ValidUntil });
    }

    private AttestedEvidence EvidenceOf(CheckedStatement statement) => new(
        identity.Id,
        statement.Bound.Hash.ToString(),
        statement.Tier.ToName(),
        statement.Machine?.Assurance.ToString().ToLowerInvariant() ?? "none",
        statement.ValidUntil,
        statement.Machine?.Image?.ToString(),
        statement.Machine?.Measurement,
        statement.Machine?.Platform.ToString(),
        statement.Machine is { MustDrain: true });
}
