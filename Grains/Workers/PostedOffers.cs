using CocoonOrleans.Market.Offers;

namespace CocoonOrleans.Grains.Workers;

/// <summary>
/// The signed offers of one worker's session, one for each model: the newest that was taken. A model that was priced so once has no offer while none stands, so that a
/// worker which falls silent is not sold at prices that it gave up. Not thread-safe: a grain's turns are its lock.
/// </summary>
internal sealed class PostedOffers
{
    // Clocks of worker and silo may differ by this much.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, Entry> _byModel = new(StringComparer.Ordinal);

    /// <summary>Forgets all: a new boot of the worker signs with another key.</summary>
    public void Clear() => _byModel.Clear();

    /// <summary>Takes an offer, or says why not.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="bytes">The offer.</param>
    /// <param name="registration">What the worker registered.</param>
    /// <param name="now">The time.</param>
    public OfferDecision Post(string workerId, OfferBytes bytes, WorkerRegistration registration, DateTimeOffset now)
    {
        if (!PostedOffer.TryRead(bytes.Offer, bytes.Signature, out PostedOffer? offer, out string? fault))
        {
            return new OfferDecision("", 0, OfferRefusalCodes.Malformed, fault);
        }

        OfferTerms terms = offer.Terms;
        ServedModel? served = registration.Models.FirstOrDefault(model => model.Model == terms.Model);
        _byModel.TryGetValue(terms.Model, out Entry? known);
        return terms.WorkerId != workerId ? Refuse(OfferRefusalCodes.OtherWorker, "The offer is of another worker.")
            : served is null || served.ManifestSha256 != terms.ManifestSha256 || terms.Slots > served.Slots || terms.ContextTokens > served.ContextTokens
                ? Refuse(OfferRefusalCodes.NotServed, "The worker did not register this model with so many slots and so long a context.")
            : terms.Expires <= now || terms.Issued > now + ClockSkew ? Refuse(OfferRefusalCodes.Expired, "The offer has ended or begins in the future: set the clock.")
            : known is not null && terms.Serial < known.Offer.Terms.Serial ? Refuse(OfferRefusalCodes.Stale, "A newer offer was taken already.")
            : known is not null && terms.Serial == known.Offer.Terms.Serial
                ? offer.Equals(known.Offer) ? Taken() : Refuse(OfferRefusalCodes.Stale, "Another offer with this serial was taken already.")
            : Take(known);

        OfferDecision Take(Entry? before)
        {
            bool changes = before is not null && !terms.HasSameTermsAs(before.Offer.Terms);
            if (changes && now - before!.Changed < OfferTerms.BetweenChanges)
            {
                return Refuse(OfferRefusalCodes.Flapping, "The terms changed less than 10 seconds ago; the ones before stand until they expire.");
            }

            _byModel[terms.Model] = new Entry(offer, before is null || changes ? now : before.Changed);
            return Taken();
        }

        OfferDecision Taken() => new(terms.Model, terms.Serial);

        OfferDecision Refuse(string code, string message) => new(terms.Model, terms.Serial, code, message);
    }

    /// <summary>Whether the worker prices a model by itself, and its offer where one stands.</summary>
    public bool TryFind(string model, DateTimeOffset now, out PostedOffer? standing)
    {
        bool priced = _byModel.TryGetValue(model, out Entry? entry);
        standing = entry is not null && entry.Offer.Terms.Expires > now ? entry.Offer : null;
        return priced;
    }

    private sealed record Entry(PostedOffer Offer, DateTimeOffset Changed);
}
