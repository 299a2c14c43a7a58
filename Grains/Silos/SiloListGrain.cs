using Orleans.Concurrency;

namespace CocoonOrleans.Grains.Silos;

/// <summary>Reads the table of members for who can't.</summary>
[StatelessWorker]
internal sealed class SiloListGrain(SiloList silos) : Grain, ISiloListGrain
{
    public Task<IReadOnlyList<SiloMember>> ListAsync(CancellationToken cancellationToken) => silos.ReadAsync();
}
