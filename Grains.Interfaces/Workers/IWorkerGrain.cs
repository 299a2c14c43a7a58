using CocoonOrleans.Grains.Channels;
using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Workers;

/// <summary>
/// One GPU worker, by the hex SHA-256 of its key: its registration, its session and the only authority on its slots.
/// Non-reentrant; every answer comes from memory but for registration, which is stored first, and the voucher.
/// </summary>
[Alias("cocoon.Worker"), Version(1)]
public interface IWorkerGrain : IGrainWithStringKey
{
    /// <summary>
    /// A gateway has admitted this worker's tunnel. Opens a new session epoch, which fences every older session of the worker, unless the same
    /// boot of the worker is connected through another gateway, which shares the epoch.
    /// </summary>
    [Alias("Register")]
    Task<WorkerSession> RegisterAsync(WorkerRegistration registration, CancellationToken cancellationToken = default);

    /// <summary>The worker's load, about each second. Tells the gateway when its session has been fenced.</summary>
    [Alias("Heartbeat")]
    Task<HeartbeatResult> HeartbeatAsync(WorkerHeartbeat heartbeat, CancellationToken cancellationToken = default);

    /// <summary>The worker's own prices, signed. Each stands until it expires or another one takes its place; the terms of a model change every ten seconds at most.</summary>
    [Alias("PostOffers")]
    Task<IReadOnlyList<OfferDecision>> PostOffersAsync(WorkerOffers offers, CancellationToken cancellationToken = default);

    /// <summary>Takes a slot for a job. Repeating the call for the same job returns the same lease.</summary>
    [Alias("TryLease")]
    Task<LeaseResult> TryLeaseAsync(LeaseRequest request, CancellationToken cancellationToken = default);

    /// <summary>Gives the slot back and says how the job went. A lease that is unknown or was given back already is no error.</summary>
    [Alias("Release")]
    Task ReleaseAsync(LeaseRelease release, CancellationToken cancellationToken = default);

    /// <summary>The tunnel of this session through this gateway has ended: the worker takes no more jobs there.</summary>
    [Alias("Disconnect")]
    Task DisconnectAsync(WorkerDisconnect disconnect, CancellationToken cancellationToken = default);

    /// <summary>The newest voucher of the worker's provider, from the database; null where there is none.</summary>
    [Alias("GetVoucher")]
    Task<ChannelVoucher?> GetVoucherAsync(CancellationToken cancellationToken = default);

    /// <summary>What is known of the worker, for operators; null where it never registered.</summary>
    [Alias("Get")]
    Task<WorkerView?> GetAsync(CancellationToken cancellationToken = default);
}
