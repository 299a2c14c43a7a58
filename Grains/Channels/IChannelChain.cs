using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Channels;

/// <summary>What is asked of the chain about channels.</summary>
public interface IChannelChain
{
    /// <summary>What the chain says of a channel's address.</summary>
    /// <param name="channel">The address in raw form.</param>
    /// <param name="atStake">What will be moved on the answer, in nano.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChainUnavailableException">There is no answer that can be used.</exception>
    /// <returns>What lies there, and what a charge costs now.</returns>
    Task<ChannelObservation> ReadAsync(string channel, Nano atStake, CancellationToken cancellationToken);
}
