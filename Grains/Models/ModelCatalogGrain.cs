using Orleans.Concurrency;

namespace CocoonOrleans.Grains.Models;

/// <summary>Reads the catalogue of its silo.</summary>
[StatelessWorker]
internal sealed class ModelCatalogGrain(ModelCatalog catalog) : Grain, IModelCatalogGrain
{
    public Task<IReadOnlyList<CatalogModel>> ListAsync(CancellationToken cancellationToken) => Task.FromResult(catalog.Models);
}
