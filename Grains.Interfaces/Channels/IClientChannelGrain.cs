using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Channels;

/// <summary>One channel from a client to the operator; the key is its address in raw form. It takes what the chain says, and decides when to charge.</summary>
[Alias("cocoon.ClientChannel"), Version(1)]
public interface IClientChannelGrain : IGrainWithStringKey
{
    /// <summary>Takes what the chain says and places an intent to charge where that is due; says aloud where a payer that leaves may get away. Repeating it does no harm.</summary>
    /// <param name="observation">What the chain says; null where it gave no answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Alias("Sweep")]
    Task SweepAsync(ChannelObservation? observation, CancellationToken cancellationToken = default);
}
