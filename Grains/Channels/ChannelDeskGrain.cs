using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace CocoonOrleans.Grains.Channels;

/// <summary>Tells clients on what terms they may open a channel, and stores those that they open. It keeps nothing.</summary>
[StatelessWorker]
internal sealed class ChannelDeskGrain(IClientChannelStore store, IServiceProvider services, IOptions<ClientChannelOptions> options) : Grain, IChannelDeskGrain
{
    public Task<ClientChannelOffer?> GetOfferAsync(CancellationToken cancellationToken) => Task.FromResult(Offer());

    public async Task<ClientChannelView?> OpenAsync(ClientChannelOpening opening, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(opening);
        if (Offer() is not { } offer || opening.CloseDelay < offer.LeastCloseDelay || opening.CloseDelay > offer.MostCloseDelay || opening.PayerKey is not { Length: Bits256.Length })
        {
            return null;
        }

        ChannelTerms terms;
        try
        {
            terms = new ChannelTerms(
                TonAddress.ParseRaw(opening.PayerAddress),
                new PublicKey(new Bits256(opening.PayerKey)),
                TonAddress.ParseRaw(offer.PayeeAddress),
                new PublicKey(new Bits256(offer.PayeeKey)),
                checked((uint)opening.CloseDelay),
                opening.Salt);
        }
        catch (TonFormatException)
        {
            return null;
        }

        return (await store.OpenClientChannelAsync(terms.ToClientChannel(opening.AccountId), options.Value.MostPerAccount, cancellationToken))?.ToView();
    }

    public async Task<IReadOnlyList<ClientChannelView>> ListAsync(string accountId, CancellationToken cancellationToken) =>
        [.. (await store.ListClientChannelsAsync(accountId, cancellationToken)).Select(ClientChannelTerms.ToView)];

    public async Task<ClientChannelView?> FindAsync(string accountId, string channel, CancellationToken cancellationToken) =>
        await store.FindClientChannelAsync(channel, cancellationToken) is { } found && found.AccountId == accountId ? found.ToView() : null;

    private ClientChannelOffer? Offer() =>
        options.Value.Accept && services.GetService<IVoucherSigner>() is { } signer && services.GetService<IWalletChain>() is { Wallets: [string wallet, ..] }
            ? new ClientChannelOffer(
                signer.Network,
                wallet,
                signer.Key.Bits.ToArray(),
                ContractCode.Channel.Hash.ToArray(),
                (long)options.Value.LeastCloseDelay.TotalSeconds,
                (long)options.Value.MostCloseDelay.TotalSeconds,
                new Nano(options.Value.CreditWindowNano))
            : null;
}
