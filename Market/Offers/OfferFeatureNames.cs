namespace CocoonOrleans.Market.Offers;

/// <summary>How features are written in offers and in the market's book.</summary>
public static class OfferFeatureNames
{
    private static readonly (OfferFeatures Feature, string Name)[] Names =
    [
        (OfferFeatures.Logprobs, "logprobs"), (OfferFeatures.StructuredOutputs, "structured_outputs"), (OfferFeatures.Tools, "tools"),
    ];

    /// <summary>The names of features, rising.</summary>
    public static IReadOnlyList<string> Of(OfferFeatures features) => [.. Names.Where(entry => features.HasFlag(entry.Feature)).Select(static entry => entry.Name)];

    /// <summary>The feature with a name; null where there is none.</summary>
    public static OfferFeatures? Find(string name) => Names.FirstOrDefault(entry => entry.Name == name) is { Name: not null } found ? found.Feature : null;
}
