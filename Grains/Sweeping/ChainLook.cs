using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Grains.Sweeping;

/// <summary>
/// What the chain says of channels, one sweep after the other. The first time that it says nothing is the last time it is asked in that sweep: a question may take as long as endpoints
/// have to agree, and nothing else waits for that more than once. The next sweep begins behind the channel of which nothing was said, so one alone hides no other.
/// </summary>
/// <param name="chain">The chain; null where none is configured.</param>
internal sealed class ChainLook(IChannelChain? chain)
{
    private string? _unseen;

    /// <summary>Whether the chain said nothing in this sweep.</summary>
    public bool IsSilent { get; private set; }

    /// <summary>Begins a sweep.</summary>
    /// <param name="channels">All channels.</param>
    /// <param name="addressOf">A channel's address in raw form.</param>
    /// <returns>The channels in the order in which to look.</returns>
    public IEnumerable<T> Begin<T>(IReadOnlyList<T> channels, Func<T, string> addressOf)
    {
        IsSilent = false;
        int first = channels.Index().FirstOrDefault(channel => addressOf(channel.Item) == _unseen, (-1, default!)).Index + 1;
        return channels.Skip(first).Concat(channels.Take(first));
    }

    /// <summary>
    /// Looks at a channel. What is believed of its deposit is what work is done and vouchers are signed for, so as many endpoints must say it as it calls for, also where it has grown.
    /// </summary>
    /// <param name="channel">The address in raw form.</param>
    /// <param name="terms">The terms that it is computed from.</param>
    /// <param name="deposited">What was known of its deposit before, in nano.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What lies there; null where there is no chain, or it wasn't asked.</returns>
    /// <exception cref="ChainUnavailableException">The chain says nothing; it isn't asked again in this sweep.</exception>
    public async Task<ChannelObservation?> ReadAsync(string channel, ChannelTerms terms, Nano deposited, CancellationToken cancellationToken)
    {
        if (chain is null || IsSilent)
        {
            return null;
        }

        try
        {
            while (true)
            {
                ChannelObservation seen = await chain.ReadAsync(channel, deposited, cancellationToken);
                if (ObservedChannel.Read(seen, terms, out ChannelSnapshot? snapshot) is not null || snapshot is null || snapshot.Deposited <= deposited)
                {
                    return seen;
                }

                deposited = snapshot.Deposited;
            }
        }
        catch (ChainUnavailableException)
        {
            _unseen = channel;
            IsSilent = true;
            throw;
        }
    }
}
