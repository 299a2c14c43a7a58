namespace CocoonOrleans.Grains.Workers;

/// <summary>Offers of a worker whose signatures a gateway has checked.</summary>
/// <param name="Epoch">The session.</param>
/// <param name="Offers">One for each model that the worker prices by itself.</param>
[GenerateSerializer, Immutable, Alias("cocoon.WorkerOffers")]
public sealed record WorkerOffers([property: Id(0)] long Epoch, [property: Id(1)] IReadOnlyList<OfferBytes> Offers);

/// <summary>An offer as it was signed.</summary>
/// <param name="Offer">The bytes.</param>
/// <param name="Signature">64 bytes.</param>
[GenerateSerializer, Immutable, Alias("cocoon.OfferBytes")]
public sealed record OfferBytes([property: Id(0)] byte[] Offer, [property: Id(1)] byte[] Signature);
