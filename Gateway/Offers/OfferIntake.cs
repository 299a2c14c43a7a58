using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Models;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Gateway.Offers;

/// <summary>Fetches a worker's offers where a heartbeat names others than those known, has its grain take those that are good, and tells the worker what became of each.</summary>
public sealed partial class OfferIntake(ModelCatalog catalog, GrainCalls grains, ILogger<OfferIntake> logger)
{
    /// <summary>Takes the offers that a worker has now.</summary>
    /// <param name="connection">The worker.</param>
    /// <param name="cancellationToken">The tunnel ended.</param>
    /// <exception cref="Tunnel.Accepting.TunnelLostException">The tunnel broke.</exception>
    /// <exception cref="TunnelProtocolException">The worker's answer breaks the protocol.</exception>
    /// <exception cref="ClusterUnavailableException">The worker's grain does not answer.</exception>
    public async Task TakeAsync(WorkerConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        OfferPage page = await connection.Tunnel.GetOffersAsync(cancellationToken);
        var verdicts = new List<OfferVerdict>();
        var good = new List<OfferBytes>();
        foreach (SignedOffer offer in page.Offers)
        {
            if (OfferCheck.FindFault(offer, connection.WorkerId, connection.Seal.Statement?.Bound.Statement, connection.Registration.Models, catalog.Models) is { } fault)
            {
                verdicts.Add(fault);
            }
            else
            {
                good.Add(new OfferBytes(offer.Offer, offer.Signature));
            }
        }

        if (good.Count > 0)
        {
            var offers = new WorkerOffers(connection.Epoch, good);
            IReadOnlyList<OfferDecision> decisions = await grains.InvokeAsync(
                (client, token) => client.GetGrain<IWorkerGrain>(connection.WorkerId).PostOffersAsync(offers, token), cancellationToken);
            verdicts.AddRange(decisions.Select(static decision => new OfferVerdict(decision.Model, decision.Serial, decision.Code, decision.Message)));
        }

        foreach (OfferVerdict verdict in verdicts.Where(static verdict => verdict.Code is not null))
        {
            LogRefused(connection.WorkerId, verdict.Code, verdict.Message);
        }

        await connection.Tunnel.ReportAsync(new OfferVerdicts(verdicts), cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "An offer of worker {WorkerId} is not taken: {Code}: {Reason}")]
    private partial void LogRefused(string workerId, string? code, string? reason);
}
