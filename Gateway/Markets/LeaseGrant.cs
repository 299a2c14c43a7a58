using CocoonOrleans.Gateway.Auctions;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Gateway.Markets;

/// <summary>A slot at a worker.</summary>
/// <param name="LeaseId">Names it to the worker and in the release.</param>
/// <param name="JobId">The job that has it.</param>
/// <param name="Worker">Whose slot it is.</param>
/// <param name="Price">What the job pays.</param>
/// <param name="ManifestSha256">The model's manifest.</param>
/// <param name="Since">The clock's timestamp of the grant.</param>
public sealed record LeaseGrant(Guid LeaseId, Guid JobId, WorkerConnection Worker, TokenPrices Price, string ManifestSha256, long Since)
{
    /// <summary>How it was auctioned.</summary>
    public required Auction Auction { get; init; }
}
