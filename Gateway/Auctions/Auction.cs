using CocoonOrleans.Market.Auctions;
using CocoonOrleans.Market.Clearing;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Offers;

namespace CocoonOrleans.Gateway.Auctions;

/// <summary>How a job's slot was auctioned.</summary>
public sealed class Auction
{
    private readonly OfferTree _tree;
    private readonly Offer _winner;
    private readonly int _place;

    private Auction(byte[] transcript, OfferTree tree, Offer winner, int place) =>
        (Transcript, Hash, _tree, _winner, _place) = (transcript, AuctionSignature.HashOf(transcript), tree, winner, place);

    /// <summary>The transcript's bytes.</summary>
    public ReadOnlyMemory<byte> Transcript { get; }

    /// <summary>The hash that the worker signs.</summary>
    public Digest Hash { get; }

    /// <summary>Notes an auction.</summary>
    /// <param name="networkId">The network.</param>
    /// <param name="model">The model's public name.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="best">Who won.</param>
    /// <param name="eligible">How many could have.</param>
    /// <param name="tree">The snapshot that was cleared on.</param>
    /// <param name="version">Its version.</param>
    public static Auction Of(string networkId, string model, ClearingRequest request, ClearedOffer best, int eligible, OfferTree tree, long version)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(best);
        ArgumentNullException.ThrowIfNull(tree);
        var transcript = new AuctionTranscript
        {
            NetworkId = networkId,
            RequestId = request.JobId,
            Model = model,
            SnapshotVersion = version,
            Root = tree.Root,
            Offers = tree.Count,
            Place = best.Place,
            Eligible = eligible,
            PricedAt = best.PricedAt,
            PromptTokens = request.PromptTokens,
            ExpectedCompletionTokens = request.ExpectedCompletionTokens,
            Cap = request.Cap,
            Limit = MarketClearing.LimitOf(request),
            MinimumTier = request.MinimumTier,
            LoadPerMille = best.LoadPerMille,
            Ask = best.Ask,
            Penalty = best.Penalty,
            Score = best.Score,
            RunnerUpScore = best.RunnerUpScore,
            Price = best.Price,
        };
        return new Auction(transcript.Encode(), tree, best.Offer, best.Place);
    }

    /// <summary>Opens the winner's place in the snapshot: what is kept of a job, so that the snapshot need not be.</summary>
    public OpenedAuction Open() => new(Transcript, OfferLeaf.Of(_winner).Encode(), _tree.Prove(_place), _winner.Posted);
}
