using CocoonOrleans.Grains.Models;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing.Offers;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Gateway.Offers;

/// <summary>What only a gateway can check of an offer: that the key of the worker's verified statement signed it, and that it agrees with that statement and the catalogue.</summary>
public static class OfferCheck
{
    /// <summary>What is wrong with an offer.</summary>
    /// <param name="signed">The offer as it came.</param>
    /// <param name="workerId">Over whose tunnel it came.</param>
    /// <param name="statement">That worker's verified statement; null where none holds.</param>
    /// <param name="served">The models that it registered.</param>
    /// <param name="catalog">The network's models.</param>
    /// <returns>Null where nothing is.</returns>
    public static OfferVerdict? FindFault(
        SignedOffer signed, string workerId, Statement? statement, IReadOnlyList<ModelOffer> served, IReadOnlyDictionary<string, CatalogModel> catalog)
    {
        ArgumentNullException.ThrowIfNull(signed);
        ArgumentNullException.ThrowIfNull(served);
        ArgumentNullException.ThrowIfNull(catalog);
        if (!PostedOffer.TryRead(signed.Offer, signed.Signature, out PostedOffer? offer, out string? fault))
        {
            return new OfferVerdict("", 0, OfferRefusalCodes.Malformed, fault);
        }

        OfferTerms terms = offer.Terms;
        if (statement is null || !OfferSignature.Verify(signed.Offer, signed.Signature, statement.ReceiptKey.Span))
        {
            return Refuse(OfferRefusalCodes.Signature, "The offer is not signed by the receipt key of the worker's statement.");
        }

        return terms.WorkerId != workerId || terms.NetworkId != statement.NetworkId
                ? Refuse(OfferRefusalCodes.OtherWorker, "The offer is of another worker or network.")
            : served.All(model => model.Name != terms.Model) || !catalog.TryGetValue(terms.Model, out CatalogModel? model)
                ? Refuse(OfferRefusalCodes.NotServed, "The worker did not register this model.")
            : terms.Quantisation != statement.Quantisation || terms.Tier > (int)statement.Tier
                ? Refuse(OfferRefusalCodes.NotServed, "The worker's statement says another quantisation or a lower tier.")
            : IsSkewed(terms.Prices, model)
                ? Refuse(OfferRefusalCodes.Skewed, $"Generated tokens must cost {1.0 / OfferTerms.MostSkew} to {OfferTerms.MostSkew} times as much, against prompt tokens, as in the catalogue.")
            : null;

        OfferVerdict Refuse(string code, string message) => new(terms.Model, terms.Serial, code, message);
    }

    /// <summary>Offers are compared at expected counts: one that hides its price in the class that a request has little of would win and be dear.</summary>
    private static bool IsSkewed(TokenPrices prices, CatalogModel model)
    {
        TokenPrices reference = model.Reserve;
        if (model.Embeds || reference.Prompt.Value == 0 || reference.Completion.Value == 0 || (prices.Prompt.Value == 0 && prices.Completion.Value == 0))
        {
            return false;
        }

        Int128 own = (Int128)prices.Completion.Value * reference.Prompt.Value, usual = (Int128)reference.Completion.Value * prices.Prompt.Value;
        return own > usual * OfferTerms.MostSkew || own * OfferTerms.MostSkew < usual;
    }
}
