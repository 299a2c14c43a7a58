using CocoonOrleans.Market.Offers;

namespace CocoonOrleans.Grains.Workers;

/// <summary>What became of an offer.</summary>
/// <param name="Model">The model; empty where the offer could not be read.</param>
/// <param name="Serial">The offer's serial; 0 as above.</param>
/// <param name="Code">One of <see cref="OfferRefusalCodes"/>; null where the offer is in the book.</param>
/// <param name="Message">The same for people; null as above.</param>
[GenerateSerializer, Immutable, Alias("cocoon.OfferDecision")]
public sealed record OfferDecision([property: Id(0)] string Model, [property: Id(1)] long Serial, [property: Id(2)] string? Code = null, [property: Id(3)] string? Message = null);
