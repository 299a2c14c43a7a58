using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Silos;

/// <summary>
/// The silos as the table of members has them. A stateless worker: whichever silo is asked answers by itself, so the key means nothing but the way that the
/// question takes. Who asks with several keys gets an answer though one silo stands still.
/// </summary>
[Alias("cocoon.SiloList"), Version(1)]
public interface ISiloListGrain : IGrainWithIntegerKey
{
    /// <summary>How many keys there are: 0 to one below.</summary>
    const int Keys = 16;

    /// <summary>All silos that the table has, also those that are gone.</summary>
    [Alias("List")]
    Task<IReadOnlyList<SiloMember>> ListAsync(CancellationToken cancellationToken = default);
}
