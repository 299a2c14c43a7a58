namespace CocoonOrleans.Tunnel.Messages;

/// <summary>All offers of a worker.</summary>
/// <param name="Offers">One for each model that it prices by itself, at most <see cref="MaxOffers"/>.</param>
public sealed record OfferPage(IReadOnlyList<SignedOffer> Offers)
{
    /// <summary>Most offers of a worker.</summary>
    public const int MaxOffers = 64;

    /// <summary>Most bytes of it as JSON.</summary>
    public const int MaxBytes = 256 << 10;

    internal void Validate()
    {
        FieldCheck.That(Offers.Count <= MaxOffers, "offers", $"must have at most {MaxOffers} entries");
        foreach (SignedOffer offer in Offers)
        {
            offer.Validate();
        }
    }
}
