using CocoonOrleans.Grains.Models;
using CocoonOrleans.Market.Accounts;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Gateway.Workers;

/// <summary>Whether what a worker offers fits the network's catalogue. Ranges and lengths were checked by the tunnel already.</summary>
public static class RegistrationCheck
{
    /// <summary>The most that a price may be, in nano per 1,000,000 tokens or per request: a million coins. What is above is a mistake, and sums must not overflow.</summary>
    public const long HighestPrice = 1_000_000_000_000_000;

    /// <summary>What is wrong with a registration.</summary>
    /// <param name="registration">What the worker says.</param>
    /// <param name="models">The catalogue.</param>
    /// <returns>A sentence that names the field and says what to do; null where nothing is wrong.</returns>
    public static string? FindFault(WorkerRegistration registration, IReadOnlyDictionary<string, CatalogModel> models)
    {
        ArgumentNullException.ThrowIfNull(registration);
        ArgumentNullException.ThrowIfNull(models);
        if (!AccountId.IsValid(registration.ProviderId))
        {
            // The ledger pays to it.
            return $"providerId: it must be 1 to {AccountId.MaxLength} letters, digits and '-'; change it.";
        }

        return registration.Models.Select(offer => FindFault(offer, models)).FirstOrDefault(static fault => fault is not null);
    }

    private static string? FindFault(ModelOffer offer, IReadOnlyDictionary<string, CatalogModel> models)
    {
        if (!models.TryGetValue(offer.Name, out CatalogModel? model))
        {
            return $"models.name: {offer.Name} is not in this network's catalogue; ask its operator to add it.";
        }

        if (offer.ManifestSha256 != model.ManifestSha256)
        {
            return $"models.manifestSha256: {offer.Name} is {Short(model.ManifestSha256)} in the catalogue, not {Short(offer.ManifestSha256)}; get the right files.";
        }

        if (offer.TokenizerSha256 != model.TokenizerSha256)
        {
            return $"models.tokenizerSha256: {offer.Name}'s is {Short(model.TokenizerSha256)} in the catalogue, not {Short(offer.TokenizerSha256)}; get the right files.";
        }

        if (offer.ContextTokens > model.ContextTokens)
        {
            return $"models.contextTokens: {offer.Name} has {model.ContextTokens} in the catalogue, less than {offer.ContextTokens}; lower it.";
        }

        if ((offer.EmbeddingDimensions ?? 0) != model.EmbeddingDimensions)
        {
            return $"models.embeddingDimensions: {offer.Name} has {model.EmbeddingDimensions} in the catalogue (0: it chats), not {offer.EmbeddingDimensions ?? 0}; get the right files, or ask the operator to correct the catalogue.";
        }

        OfferedPrices prices = offer.Prices;
        bool sane = prices.PromptNanoPerMillionTokens <= HighestPrice && prices.CachedNanoPerMillionTokens <= HighestPrice
            && prices.CompletionNanoPerMillionTokens <= HighestPrice && prices.RequestNano <= HighestPrice;
        return sane ? null : $"models.prices: a price of {offer.Name} is above {HighestPrice} nano; lower it.";
    }

    private static string Short(string hash) => hash[..12] + "...";
}
