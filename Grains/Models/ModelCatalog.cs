using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Grains.Models;

/// <summary>The catalogue as the configuration last had it without a fault: a mistake in an edit keeps the one before.</summary>
internal sealed class ModelCatalog : IDisposable
{
    private readonly IDisposable? _subscription;
    private volatile IReadOnlyList<CatalogModel> _models;

    public ModelCatalog(IOptionsMonitor<CatalogOptions> options)
    {
        _models = Read(options.CurrentValue);

        // Called with options that passed their validation only.
        _subscription = options.OnChange(changed => _models = Read(changed));
    }

    /// <summary>All models, by name.</summary>
    public IReadOnlyList<CatalogModel> Models => _models;

    public void Dispose() => _subscription?.Dispose();

    private static IReadOnlyList<CatalogModel> Read(CatalogOptions options) =>
    [
        .. options.Models
            .OrderBy(model => model.Name, StringComparer.Ordinal)
            .Select(model => new CatalogModel(
                model.Name,
                model.ManifestSha256,
                model.TokenizerSha256,
                model.ContextTokens,
                model.DefaultMaxCompletionTokens,
                new TokenPrices(
                    new Nano(model.Reserve.Prompt), new Nano(model.Reserve.Cached), new Nano(model.Reserve.Completion), new Nano(model.Reserve.Request)),
                model.Created,
                model.EmbeddingDimensions)),
    ];
}
