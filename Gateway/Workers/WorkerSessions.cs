using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Attestation;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Models;
using CocoonOrleans.Gateway.Offers;
using CocoonOrleans.Gateway.Receipts;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Sealing;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;

using GrainRegistration = CocoonOrleans.Grains.Workers.WorkerRegistration;
using WorkerRegistration = CocoonOrleans.Tunnel.Messages.WorkerRegistration;

namespace CocoonOrleans.Gateway.Workers;

/// <summary>
/// The life of one tunnel: registration, checks against the catalogue, the session at the worker's grain, then heartbeats until the tunnel ends.
/// </summary>
public sealed partial class WorkerSessions(
    ModelCatalog catalog,
    ChatModels chatModels,
    WorkerConnections connections,
    ReceiptCollector receipts,
    VoucherDelivery vouchers,
    OfferIntake offers,
    StatementCheck statements,
    AttestedSessions attested,
    Revocations revocations,
    GrainCalls grains,
    TunnelIdentity identity,
    TimeProvider time,
    ILogger<WorkerSessions> logger) : ITunnelHandler
{
    private static readonly TimeSpan RegistrationLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EvidenceRetryPause = TimeSpan.FromSeconds(10);

    /// <summary>By then newer documents have usually come, so that no worker is without jobs in between.</summary>
    private static readonly TimeSpan EvidenceRenewBefore = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan OfferLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DisconnectLimit = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async Task ServeAsync(WorkerTunnel tunnel, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tunnel);
        try
        {
            if (await RegisterAsync(tunnel, cancellationToken) is { } connection)
            {
                await ServeAsync(connection, cancellationToken);
            }
        }
        catch (TunnelLostException)
        {
            LogLost(tunnel.WorkerId);
        }
        catch (TunnelProtocolException e)
        {
            await RefuseAsync(tunnel, new TunnelRefusal(TunnelRefusalCodes.RegistrationRefused, e.Message));
        }
        catch (OperationCanceledException)
        {
            // The tunnel has ended, or the gateway stops.
        }
    }

    /// <returns>Null where the worker was refused.</returns>
    private async Task<WorkerConnection?> RegisterAsync(WorkerTunnel tunnel, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(RegistrationLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        WorkerRegistration registration = await tunnel.GetRegistrationAsync(either.Token);
        await catalog.Loaded.WaitAsync(cancellationToken);
        string? fault = RegistrationCheck.FindFault(registration, catalog.Models) ?? await LoadAsync(tunnel, registration, cancellationToken);
        if (fault is not null)
        {
            await RefuseAsync(tunnel, new TunnelRefusal(TunnelRefusalCodes.RegistrationRefused, fault));
            return null;
        }

        var connection = new WorkerConnection(tunnel, registration, epoch: 0, new WorkerSeal(time));
        try
        {
            if (await RenewStatementAsync(connection, cancellationToken) is { IsTaken: false } finding)
            {
                await RefuseAsync(tunnel, finding.Refusal);
                return null;
            }

            await OpenSessionAsync(connection, cancellationToken);
            return connection;
        }
        catch (ArgumentException e)
        {
            throw new TunnelProtocolException($"The registration is refused: {e.Message}", e);
        }
    }

    private async Task<string?> LoadAsync(WorkerTunnel tunnel, WorkerRegistration registration, CancellationToken cancellationToken)
    {
        foreach (IGrouping<string, ModelOffer> models in registration.Models.GroupBy(static model => model.TokenizerSha256))
        {
            using var limit = new CancellationTokenSource(RegistrationLimit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            if (await chatModels.LoadAsync(models.Key, tunnel, chats: models.Any(static model => model.EmbeddingDimensions is null), either.Token) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    /// <summary>Says on both sides why a worker is not taken.</summary>
    private async Task RefuseAsync(WorkerTunnel tunnel, TunnelRefusal refusal)
    {
        LogRefused(tunnel.WorkerId, refusal.Code, refusal.Message);
        await tunnel.CloseAsync(refusal);
    }

    /// <summary>Fetches the worker's newest statement, and seals to it from now on where it is taken.</summary>
    private async Task<StatementFinding> RenewStatementAsync(WorkerConnection connection, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(RegistrationLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        VouchedStatement vouched = await connection.Tunnel.GetStatementAsync(either.Token);
        StatementFinding finding = await statements.CheckAsync(vouched, connection.WorkerId, connection.Registration, connection.Seal.Statement?.Bound, cancellationToken);
        finding = finding.IsTaken ? await AdmitAsync(connection, finding.Statement, cancellationToken) : finding;
        if (!finding.IsTaken)
        {
            return finding;
        }

        CheckedStatement statement = finding.Statement;
        if (!connection.Seal.TryRenew(statement, out SealingFault sealing, ShownEvidence.Of(vouched)))
        {
            throw new TunnelProtocolException($"statement: nothing can be sealed to it ({sealing}).");
        }

        LogStatement(connection.WorkerId, statement.Bound.Hash, statement.Tier, statement.ValidUntil);
        if (statement.RelaunchBy is { } by)
        {
            LogMustDrain(connection.WorkerId, statement.RelaunchAdvisedSince!.Value, by);
        }

        if (statement.Tier < statement.Bound.Statement.Tier)
        {
            LogTierNotShown(connection.WorkerId, statement.Bound.Statement.Tier, statement.Tier);
        }

        return finding;
    }

    /// <summary>Tells the network what was verified. The first statement waits until that can be done; a later one is tried again, while the one before it holds.</summary>
    private async Task<StatementFinding> AdmitAsync(WorkerConnection connection, CheckedStatement statement, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await attested.AdmitAsync(connection.WorkerId, statement, cancellationToken);
            }
            catch (ClusterUnavailableException e) when (connection.Seal.Statement is not null)
            {
                return StatementFinding.Waits($"The cluster does not answer: {e.InnerException?.Message}");
            }
            catch (ClusterUnavailableException e)
            {
                LogClusterUnavailable(connection.WorkerId, e.InnerException?.Message);
                await Task.Delay(RetryPause, time, cancellationToken);
            }
        }
    }

    /// <summary>Tries until the cluster answers: a worker is not sent away for our fault.</summary>
    private async Task OpenSessionAsync(WorkerConnection connection, CancellationToken cancellationToken)
    {
        GrainRegistration registration = ToGrain(connection);
        while (true)
        {
            try
            {
                WorkerSession session = await grains.InvokeAsync(
                    (client, token) => client.GetGrain<IWorkerGrain>(connection.WorkerId).RegisterAsync(registration, token), cancellationToken);
                connection.Epoch = session.Epoch;
                connection.OffersSha256 = null;
                await connection.Tunnel.AdmitAsync(new SessionAdmission(session.Epoch), cancellationToken);
                LogRegistered(connection.WorkerId, connection.Registration.WorkerName, session.Epoch);
                return;
            }
            catch (ClusterUnavailableException e)
            {
                LogClusterUnavailable(connection.WorkerId, e.InnerException?.Message);
                await Task.Delay(RetryPause, time, cancellationToken);
            }
        }
    }

    private async Task ServeAsync(WorkerConnection connection, CancellationToken cancellationToken)
    {
        connections.Add(connection);
        if (revocations.Find(connection) is { } revoked)
        {
            // It was revoked after its statement was admitted and before the list could find it here.
            connection.Seal.Revoke();
            await RefuseAsync(connection.Tunnel, Revocations.Refusal(revoked));
        }

        Task collecting = Task.CompletedTask;
        Task delivering = Task.CompletedTask;
        DateTimeOffset retryAt = DateTimeOffset.MinValue;
        try
        {
            await foreach (Heartbeat heartbeat in connection.Tunnel.HeartbeatsAsync(cancellationToken))
            {
                if (IsDue(connection, heartbeat) && time.GetUtcNow() >= retryAt)
                {
                    if (await RenewStatementAsync(connection, cancellationToken) is { IsTaken: false } finding)
                    {
                        if (!finding.MayPass)
                        {
                            await RefuseAsync(connection.Tunnel, finding.Refusal);
                            return;
                        }

                        // What runs goes on. Nothing new is sealed to it once the statement until now has expired.
                        LogWaits(connection.WorkerId, finding.Refusal.Message);
                    }

                    retryAt = time.GetUtcNow() + EvidenceRetryPause;
                }

                if (heartbeat.PendingReceipts > 0 && collecting.IsCompleted)
                {
                    collecting = receipts.CollectAsync(connection, cancellationToken);
                }

                await TakeOffersAsync(connection, heartbeat, cancellationToken);
                if (delivering.IsCompleted)
                {
                    delivering = vouchers.DeliverAsync(connection, cancellationToken);
                }

                if (await ForwardAsync(connection, heartbeat, cancellationToken) == HeartbeatResult.Fenced)
                {
                    LogFenced(connection.WorkerId, connection.Epoch);
                    await connection.Tunnel.CloseAsync(new TunnelRefusal(TunnelRefusalCodes.Fenced, "A newer session of this worker has been opened."));
                    return;
                }
            }
        }
        finally
        {
            connections.Remove(connection);
            connection.Seal.Dispose();
            await DisconnectAsync(connection);
        }
    }

    /// <summary>Takes new offers in. Where that fails the next heartbeat tries again; meanwhile those before stand until they expire.</summary>
    private async Task TakeOffersAsync(WorkerConnection connection, Heartbeat heartbeat, CancellationToken cancellationToken)
    {
        if (heartbeat.OffersSha256 is not { } newest || newest == connection.OffersSha256)
        {
            return;
        }

        try
        {
            using var limit = new CancellationTokenSource(OfferLimit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            await offers.TakeAsync(connection, either.Token);
            connection.OffersSha256 = newest;
        }
        catch (Exception e) when (e is ClusterUnavailableException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogOffersWait(connection.WorkerId, e.InnerException?.Message ?? e.Message);
        }
    }

    /// <summary>Whether there is a newer statement, or what stands behind this one ends before it and soon, and must be judged anew.</summary>
    private bool IsDue(WorkerConnection connection, Heartbeat heartbeat) =>
        connection.Seal.Statement is not { } known
        || heartbeat.StatementSha256 != known.Bound.Hash.ToString()
        || (known.ValidUntil < known.Bound.Statement.Expires && known.ValidUntil - EvidenceRenewBefore <= time.GetUtcNow());

    private async Task<HeartbeatResult> ForwardAsync(WorkerConnection connection, Heartbeat heartbeat, CancellationToken cancellationToken)
    {
        var load = new WorkerHeartbeat(
            connection.Epoch, connection.TunnelId, heartbeat.Running, heartbeat.Queued, heartbeat.TokensPerSecond, heartbeat.Draining);
        try
        {
            // Not repeated: the next one comes in a second.
            HeartbeatResult result = await grains.Client.GetGrain<IWorkerGrain>(connection.WorkerId).HeartbeatAsync(load, cancellationToken);
            if (result == HeartbeatResult.Unknown)
            {
                await OpenSessionAsync(connection, cancellationToken);
            }

            return result;
        }
        catch (Exception e) when (e is not OperationCanceledException and not TunnelLostException)
        {
            LogHeartbeatFailed(connection.WorkerId, e.Message);
            return HeartbeatResult.Accepted;
        }
    }

    private async Task DisconnectAsync(WorkerConnection connection)
    {
        TunnelEnd end = connection.Tunnel.Ended.IsCompleted ? await connection.Tunnel.Ended : new TunnelEnd(TunnelEnd.Released, "The worker ended its heartbeats.");
        LogDisconnected(connection.WorkerId, end.Code);
        using var limit = new CancellationTokenSource(DisconnectLimit, time);
        try
        {
            await grains.InvokeAsync(
                (client, token) => client.GetGrain<IWorkerGrain>(connection.WorkerId)
                    .DisconnectAsync(new WorkerDisconnect(connection.Epoch, connection.TunnelId, end.Code), token),
                limit.Token);
        }
        catch (Exception e) when (e is ClusterUnavailableException or OperationCanceledException)
        {
            // The grain misses the heartbeats and finds out by itself.
            LogDisconnectFailed(connection.WorkerId, e.Message);
        }
    }

    private GrainRegistration ToGrain(WorkerConnection connection)
    {
        WorkerRegistration said = connection.Registration;
        return new GrainRegistration(
            identity.Id,
            connection.TunnelId,
            Guid.ParseExact(said.BootId, "N"),
            said.WorkerName,
            said.ProviderId,
            said.Engine.Kind,
            [.. said.Models.Select(static model => new ServedModel(model.Name, model.ManifestSha256, model.ContextTokens, model.Slots, model.Prices.ToMarket()))],
            said.ProviderPass);
    }
}
