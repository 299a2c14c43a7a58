using CocoonOrleans.Market.Offers;

namespace CocoonOrleans.Grains.Markets;

/// <summary>The book of one model at one moment.</summary>
/// <param name="Version">Differs whenever the offers do, also after the grain was lost and rebuilt.</param>
/// <param name="Offers">All offers that are alive, each with the session epoch to lease under.</param>
/// <param name="IsRebuilding">Whether the book is so new that workers may not have renewed their offers in it yet: what is missing in it may be there.</param>
[GenerateSerializer, Immutable, Alias("cocoon.MarketSnapshot")]
public sealed record MarketSnapshot([property: Id(0)] long Version, [property: Id(1)] IReadOnlyList<BookOffer> Offers, [property: Id(2)] bool IsRebuilding = false);

/// <summary>An offer in the book.</summary>
/// <param name="Offer">The offer.</param>
/// <param name="Epoch">The worker's session.</param>
[GenerateSerializer, Immutable, Alias("cocoon.BookOffer")]
public sealed record BookOffer([property: Id(0)] Offer Offer, [property: Id(1)] long Epoch);
