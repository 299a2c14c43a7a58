using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Gateway.Workers;

/// <summary>A worker that this gateway can send jobs to.</summary>
/// <param name="tunnel">The tunnel.</param>
/// <param name="registration">What the worker said of itself, checked against the catalogue.</param>
/// <param name="epoch">Its session.</param>
/// <param name="seal">Seals requests to it.</param>
public sealed class WorkerConnection(WorkerTunnel tunnel, WorkerRegistration registration, long epoch, WorkerSeal seal)
{
    private long _epoch = epoch;

    /// <summary>Names the tunnel to the worker's grain.</summary>
    public Guid TunnelId { get; } = Guid.NewGuid();

    /// <summary>The tunnel.</summary>
    public WorkerTunnel Tunnel => tunnel;

    /// <summary>The worker: hex SHA-256 of its key.</summary>
    public string WorkerId => tunnel.WorkerId;

    /// <summary>What the worker said of itself.</summary>
    public WorkerRegistration Registration => registration;

    /// <summary>Seals requests to it.</summary>
    public WorkerSeal Seal => seal;

    /// <summary>The newest session of this tunnel.</summary>
    public long Epoch
    {
        get => Volatile.Read(ref _epoch);
        set => Volatile.Write(ref _epoch, value);
    }

    /// <summary>Clients that wait for its next fresh statement.</summary>
    internal FreshQueue Fresh { get; } = new();

    /// <summary>The offers that its grain has heard of; null where it must hear of them anew.</summary>
    internal string? OffersSha256 { get; set; }

    /// <summary>When its provider's voucher is looked for next.</summary>
    internal DateTimeOffset VoucherLookAt { get; set; }

    /// <summary>The last voucher that it got over this tunnel; none at first.</summary>
    internal (string Channel, long Serial)? DeliveredVoucher { get; set; }

    /// <summary>What it serves under this name; null where it doesn't.</summary>
    public ModelOffer? Serves(string model) => registration.Models.FirstOrDefault(offer => offer.Name == model);

    /// <summary>OpenAI's <c>system_fingerprint</c>, as the worker's chunks have it.</summary>
    public string Fingerprint(string manifestSha256) => SystemFingerprint.Of(registration.Engine.Kind, registration.Engine.Version, manifestSha256);
}
