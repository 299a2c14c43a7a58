using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Models;

/// <summary>
/// The models that this network serves, with the manifests that are allowed and the reserve prices. Key 0, a stateless worker: a read cache on
/// each silo.
/// </summary>
[Alias("cocoon.ModelCatalog"), Version(1)]
public interface IModelCatalogGrain : IGrainWithIntegerKey
{
    /// <summary>All models of the catalogue.</summary>
    [Alias("List")]
    Task<IReadOnlyList<CatalogModel>> ListAsync(CancellationToken cancellationToken = default);
}
