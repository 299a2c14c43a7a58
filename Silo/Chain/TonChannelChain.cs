using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Chain;

namespace CocoonOrleans.Silo.Chain;

/// <summary>Channels on TON, for their grains. Their data is read as it lies there: what a get method would say is computed from it.</summary>
internal sealed class TonChannelChain(TonChain chain) : IChannelChain
{
    public async Task<ChannelObservation> ReadAsync(string channel, Nano atStake, CancellationToken cancellationToken)
    {
        try
        {
            AccountState state = await chain.GetAccountAsync(TonAddress.ParseRaw(channel), atStake, cancellationToken);
            return new ChannelObservation(
                state.Code?.Hash.ToArray(), state.Data is { } data ? Boc.Write(data) : null, state.Seqno, checked((long)(state.LastTransaction?.Lt ?? 0)));
        }
        catch (ChainException failed)
        {
            throw new ChainUnavailableException(failed.Message, failed);
        }
    }
}
