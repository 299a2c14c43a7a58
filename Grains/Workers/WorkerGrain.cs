using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Markets;
using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market.Offers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;
using Orleans.Storage;

namespace CocoonOrleans.Grains.Workers;

/// <summary>A worker: the one authority on its slots. Answers from memory; storage is written at registration and, in batches, for reputation.</summary>
[PreferLocalPlacement]
internal sealed partial class WorkerGrain(
    [PersistentState("worker")] IPersistentState<WorkerRecord> record,
    IChannelStore channels,
    ILedger ledger,
    IServiceProvider services,
    IOptions<WorkerOptions> options,
    IOptions<MarketOptions> market,
    TimeProvider clock,
    WorkerMetrics metrics,
    ILogger<WorkerGrain> logger) : Grain, IWorkerGrain
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(1);

    private readonly LeaseTable _leases = new();
    private readonly Breaker _breaker = new();
    private readonly PostedOffers _posted = new();
    private TunnelSet? _session;
    private OfferPublisher _offers = null!;
    private DateTimeOffset _flushedAt;
    private bool _dirty;

    private string Id => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _offers = new OfferPublisher(GrainFactory, Id, market.Value.OfferTtl / 3, clock, logger);
        _flushedAt = clock.GetUtcNow();
        this.RegisterGrainTimer(TickAsync, TickEvery, TickEvery);
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        metrics.Remove(Id);
        await FlushAsync(cancellationToken);
    }

    public async Task<WorkerSession> RegisterAsync(WorkerRegistration registration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(registration);
        WorkerRules.Check(registration);
        WorkerRules.CheckPass(registration, Id, settles: services.GetService<IWalletChain>() is not null);
        if (registration.ProviderPass is not null)
        {
            // From now on the provider may order where it is to be paid. Who was never admitted here can't fill the database.
            await ledger.ExecuteAsync([new CreateAccount(registration.ProviderId, AccountClass.Provider, "")], cancellationToken);
        }

        CloseSilentTunnels();
        if (_session is not { } session || session.BootId != registration.BootId)
        {
            WorkerRecord state = record.State;
            bool sameBoot = state.Registration?.BootId == registration.BootId;
            long epoch = state.Epoch + 1;
            _session = null;
            if (!sameBoot)
            {
                Forget(_leases.EndAll());
                _posted.Clear();
            }

            state.Registration = registration;
            state.Epoch = epoch;
            state.BootEpoch = sameBoot ? state.BootEpoch : epoch;

            // Stored before anybody hears of it: no two activations hand out the same epoch.
            await record.WriteStateAsync(cancellationToken);
            _dirty = false;
            session = new TunnelSet(epoch, registration.BootId);
            _session = session;
            LogRegistered(Id, registration.ProviderId, epoch, registration.GatewayId);
        }
        else
        {
            record.State.Registration = registration;
            await record.WriteStateAsync(cancellationToken);
            _dirty = false;
        }

        session.Open(registration.TunnelId, clock.GetUtcNow());
        Publish();
        return new WorkerSession(session.Epoch);
    }

    public Task<HeartbeatResult> HeartbeatAsync(WorkerHeartbeat heartbeat, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(heartbeat);
        if (heartbeat.Epoch < record.State.BootEpoch)
        {
            return Task.FromResult(HeartbeatResult.Fenced);
        }

        if (_session is not { } session || heartbeat.Epoch != session.Epoch || !session.Hear(heartbeat.TunnelId, clock.GetUtcNow()))
        {
            return Task.FromResult(HeartbeatResult.Unknown);
        }

        session.Draining = heartbeat.Draining;
        CloseSilentTunnels();
        Publish();
        return Task.FromResult(HeartbeatResult.Accepted);
    }

    public Task<IReadOnlyList<OfferDecision>> PostOffersAsync(WorkerOffers offers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(offers);
        DateTimeOffset now = clock.GetUtcNow();
        bool open = _session is { } session && session.Epoch == offers.Epoch;
        if (offers.Offers.Count > WorkerRules.MaxModels)
        {
            throw new ArgumentException("A worker has at most 32 offers.", nameof(offers));
        }

        IReadOnlyList<OfferDecision> decisions =
        [
            .. offers.Offers.Select(offer => open
                ? _posted.Post(Id, offer, record.State.Registration!, now)
                : new OfferDecision("", 0, OfferRefusalCodes.NoSession, "The worker has no session with this epoch.")),
        ];
        Publish();
        return Task.FromResult(decisions);
    }

    public async Task<ChannelVoucher?> GetVoucherAsync(CancellationToken cancellationToken)
    {
        StoredVoucher? voucher = record.State.Registration is { } registration
            ? await channels.FindProviderVoucherAsync(registration.ProviderId, cancellationToken)
            : null;
        return voucher is null ? null : new ChannelVoucher(voucher.Channel, voucher.Serial, voucher.Bytes.ToArray());
    }

    public Task<LeaseResult> TryLeaseAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        DateTimeOffset now = clock.GetUtcNow();
        if (request.JobId == Guid.Empty || request.ExpiresAt <= now)
        {
            throw new ArgumentException("A lease needs a job and an end that is still to come.", nameof(request));
        }

        return Task.FromResult(TryLease(request, now));
    }

    public Task ReleaseAsync(LeaseRelease release, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(release);
        DateTimeOffset now = clock.GetUtcNow();
        if (!_leases.Remove(release.LeaseId, release.JobId))
        {
            return Task.CompletedTask;
        }

        switch (release.Outcome)
        {
            case LeaseOutcome.Completed:
                _breaker.Succeeded(release.JobId);
                break;
            case LeaseOutcome.Failed or LeaseOutcome.Garbage:
                if (_breaker.Failed(release.JobId, now))
                {
                    LogParked(Id, release.JobId, release.Outcome, _breaker.ParkedUntil);
                    Publish();
                }

                break;
            default:
                _breaker.Forgot(release.JobId);
                return Task.CompletedTask;
        }

        record.State.Count(release, now);
        _dirty = true;
        return Task.CompletedTask;
    }

    public Task DisconnectAsync(WorkerDisconnect disconnect, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(disconnect);
        if (_session?.Close(disconnect.TunnelId) == true)
        {
            Forget(_leases.End(disconnect.TunnelId));
            EndIfEmpty(disconnect.Reason);
        }

        return Task.CompletedTask;
    }

    public Task<WorkerView?> GetAsync(CancellationToken cancellationToken)
    {
        CloseSilentTunnels();
        RemoveExpiredLeases();
        WorkerRecord state = record.State;
        return Task.FromResult(state.Registration is { } registration
            ? new WorkerView(
                registration,
                state.Epoch,
                _session is not null,
                _leases.Count,
                state.Completed,
                state.Failed,
                _breaker.ParkedUntil,
                [.. state.Events.Reverse()])
            : null);
    }

    private LeaseResult TryLease(LeaseRequest request, DateTimeOffset now)
    {
        CloseSilentTunnels();
        if (_session is not { } session)
        {
            return Refuse(LeaseRefusal.Offline);
        }

        if (request.Epoch != session.Epoch)
        {
            return Refuse(LeaseRefusal.Fenced);
        }

        RemoveExpiredLeases();
        if (_leases.Find(request.JobId) is { } lease)
        {
            return new LeaseResult(lease.LeaseId, LeaseRefusal.None);
        }

        if (session.Draining)
        {
            return Refuse(LeaseRefusal.Draining);
        }

        if (record.State.Registration?.Models.FirstOrDefault(model => model.ManifestSha256 == request.ManifestSha256) is not { } served)
        {
            return Refuse(LeaseRefusal.UnknownModel);
        }

        int slots = _posted.TryFind(served.Model, now, out PostedOffer? standing) && standing is not null ? standing.Terms.Slots : served.Slots;
        int free = slots - _leases.CountOf(served.ManifestSha256);
        if (free <= 0)
        {
            return Refuse(LeaseRefusal.Busy);
        }

        if (_breaker.Admits(free, now) == 0)
        {
            return Refuse(LeaseRefusal.Parked);
        }

        DateTimeOffset latest = now + options.Value.MaxLease;
        lease = new Lease(
            Guid.CreateVersion7(now), request.JobId, served.ManifestSha256, request.ExpiresAt < latest ? request.ExpiresAt : latest, request.TunnelId);
        _leases.Add(lease);
        _breaker.Started(request.JobId);
        return new LeaseResult(lease.LeaseId, LeaseRefusal.None);
    }

    private static LeaseResult Refuse(LeaseRefusal refusal) => new(null, refusal);

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        CloseSilentTunnels();
        RemoveExpiredLeases();
        Publish();
        if (clock.GetUtcNow() - _flushedAt >= options.Value.ReputationFlush)
        {
            await FlushAsync(cancellationToken);
        }
    }

    private void CloseSilentTunnels()
    {
        if (_session is not { } session)
        {
            return;
        }

        foreach (Guid tunnel in session.CloseSilent(clock.GetUtcNow() - options.Value.HeartbeatTimeout))
        {
            Forget(_leases.End(tunnel));
            EndIfEmpty("no heartbeat");
        }
    }

    private void EndIfEmpty(string reason)
    {
        if (_session is { IsEmpty: true } session)
        {
            LogOffline(Id, session.Epoch, reason);
            _session = null;
            Publish();
        }
    }

    private void RemoveExpiredLeases() => Forget(_leases.RemoveExpired(clock.GetUtcNow()));

    private void Forget(IReadOnlyList<Lease> ended)
    {
        foreach (Lease lease in ended)
        {
            _breaker.Forgot(lease.JobId);
        }
    }

    private void Publish()
    {
        if (_session is not { } session || record.State.Registration is not { } registration)
        {
            metrics.Remove(Id);
            _offers.Want([], record.State.Epoch);
            return;
        }

        DateTimeOffset now = clock.GetUtcNow();
        List<Offer> offers = [.. registration.Models.Select(model => OfferOf(model, registration, now)).OfType<Offer>()];
        metrics.Set(Id, offers.Sum(offer => offer.FreeSlots), _leases.Count);
        _offers.Want(session.Draining ? [] : offers, session.Epoch);
    }

    /// <summary>A model's offer: what the worker signed, else what it registered. None where it signed one that has ended.</summary>
    private Offer? OfferOf(ServedModel model, WorkerRegistration registration, DateTimeOffset now)
    {
        if (_posted.TryFind(model.Model, now, out PostedOffer? standing) && standing is null)
        {
            return null;
        }

        int slots = Math.Min(model.Slots, standing?.Terms.Slots ?? model.Slots);
        return new Offer(
            Id,
            registration.ProviderId,
            model.Model,
            model.ManifestSha256,
            standing?.Terms.ContextTokens ?? model.ContextTokens,
            standing?.Terms.Prices ?? model.Ask,
            slots,
            _breaker.Admits(Math.Max(0, slots - _leases.CountOf(model.ManifestSha256)), now),
            standing,
            record.State.Completed,
            record.State.Failed);
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        _flushedAt = clock.GetUtcNow();
        if (!_dirty)
        {
            return;
        }

        try
        {
            await record.WriteStateAsync(cancellationToken);
            _dirty = false;
        }
        catch (InconsistentStateException)
        {
            // Another activation has written since: this one is the old one.
            _dirty = false;
            DeactivateOnIdle();
        }
#pragma warning disable CA1031 // The counts stay in memory and are written with the next flush.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogNotStored(Id, error);
        }
    }
}
