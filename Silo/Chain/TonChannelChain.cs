using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;

namespace CocoonOrleans.Silo.Chain;

/// <summary>Channels on TON, for their grains. Their data is read as it lies there: what a get method would say is computed from it.</summary>
internal sealed class TonChannelChain(TonChain chain, TimeProvider clock) : IChannelChain
{
    /// <summary>How long prices count: validators change them a few times a year.</summary>
    private static readonly TimeSpan PricesLifetime = TimeSpan.FromHours(1);

    private Prices? _prices;

    public async Task<ChannelObservation> ReadAsync(string channel, Nano atStake, CancellationToken cancellationToken)
    {
        try
        {
            AccountState state = await chain.GetAccountToKeepAsync(TonAddress.ParseRaw(channel), atStake, cancellationToken);
            return new ChannelObservation(
                state.Code?.Hash.ToArray(),
                state.Data is { } data ? Boc.Write(data) : null,
                state.Seqno,
                checked((long)(state.LastTransaction?.Lt ?? 0)),
                await ReadChargeFeeAsync(cancellationToken),
                state.Time,
                state.LastTransaction?.Hash.ToArray(),
                state.Status == AccountStatus.Frozen);
        }
        catch (Exception failed) when (failed is ChainException or TonFormatException or OverflowException)
        {
            throw new ChainUnavailableException(failed.Message, failed);
        }
    }

    private async Task<Nano> ReadChargeFeeAsync(CancellationToken cancellationToken)
    {
        if (_prices is { } known && clock.GetUtcNow() - known.At < PricesLifetime)
        {
            return known.ChargeFee;
        }

        var read = ChainPrices.Read(
            await chain.GetConfigParamAsync(ChainPrices.GasParameter, cancellationToken),
            await chain.GetConfigParamAsync(ChainPrices.ForwardParameter, cancellationToken));
        _prices = new Prices(read.OfCharge(), clock.GetUtcNow());
        return _prices.ChargeFee;
    }

    private sealed record Prices(Nano ChargeFee, DateTimeOffset At);
}
