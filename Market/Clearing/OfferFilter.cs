using CocoonOrleans.Market.Offers;

namespace CocoonOrleans.Market.Clearing;

/// <summary>Whom a buyer wants to be served by. Names are ids of workers or of providers.</summary>
public sealed record OfferFilter
{
    /// <summary>Takes everybody.</summary>
    public static OfferFilter Everybody { get; } = new();

    /// <summary>Nobody but these; empty for all.</summary>
    public IReadOnlySet<string> Only { get; init; } = new HashSet<string>();

    /// <summary>None of these.</summary>
    public IReadOnlySet<string> Ignore { get; init; } = new HashSet<string>();

    /// <summary>Those first, in this order, whatever they cost within the limit.</summary>
    public IReadOnlyList<string> Order { get; init; } = [];

    /// <summary>Whether others may serve where none of <see cref="Order"/> can.</summary>
    public bool AllowsFallbacks { get; init; } = true;

    /// <summary>Only weights that are kept in one of these ways; empty for any.</summary>
    public IReadOnlySet<string> Quantisations { get; init; } = new HashSet<string>();

    /// <summary>What the request needs besides a plain answer.</summary>
    public OfferFeatures Features { get; init; }

    /// <summary>What counts besides the price.</summary>
    public ScoreOrder Sort { get; init; }

    /// <summary>Whether an offer is of somebody whom the buyer doesn't want.</summary>
    internal bool Refuses(Offer offer) =>
        (Only.Count > 0 && !Names(Only, offer)) || (Ignore.Count > 0 && Names(Ignore, offer));

    internal static bool Names(IReadOnlySet<string> names, Offer offer) => names.Contains(offer.WorkerId) || names.Contains(offer.ProviderId);
}
