using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Channels;

/// <summary>
/// One channel from the operator to a provider; the key is its address in raw form. It signs vouchers for what the provider has earned, and decides
/// when to top up and to charge. Channel, vouchers and intents stand in SQL; it keeps nothing, and never waits for the chain: the sweeper brings what
/// the chain says.
/// </summary>
[Alias("cocoon.PaymentChannel"), Version(1)]
public interface IPaymentChannelGrain : IGrainWithStringKey
{
    /// <summary>Takes what the chain says, signs what is due, and places intents to top up and to charge. Repeating it does no harm.</summary>
    /// <param name="observation">What the chain says; null where it gave no answer: what is due is signed all the same.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Alias("Sweep")]
    Task SweepAsync(ChannelObservation? observation, CancellationToken cancellationToken = default);
}
