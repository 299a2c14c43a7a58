using System.Security.Cryptography;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Tests.Cluster.Channels;

/// <summary>A provider with a channel in the shared silos' database.</summary>
internal sealed record SampleChannel(string Provider, ChannelTerms Terms, ILedger Ledger)
{
    public string Address => Terms.Address.ToString();

    public IChannelStore Store => (IChannelStore)Ledger;

    public static Task<SampleChannel> OpenAsync(TwoSilos silos) => OpenAsync(silos.Ledgers[0], silos.Vouchers, $"prov-{Guid.NewGuid():N}");

    public static async Task<SampleChannel> OpenAsync(ILedger ledger, VoucherSigner vouchers, string provider)
    {
        using var payee = new SigningKey(RandomNumberGenerator.GetBytes(32));
        var terms = new ChannelTerms(
            NewAddress(), vouchers.Key, NewAddress(), payee.PublicKey, 60, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
        await ledger.ExecuteAsync([new CreateAccount(provider, AccountClass.Provider, "")], CancellationToken.None);
        await ((IChannelStore)ledger).OpenChannelAsync(terms.ToWorkerChannel(provider), CancellationToken.None);
        return new SampleChannel(provider, terms, ledger);
    }

    public Task EarnAsync(long amount) => Ledger.ExecuteAsync(
        [new Transfer(Guid.NewGuid(), WellKnownAccounts.Treasury, Provider, new Nano(amount), "earned in a test")], CancellationToken.None);

    public async Task<Nano> DueAsync() => (await Ledger.GetAccountAsync(Provider, CancellationToken.None))!.Balance;

    public Task<StoredVoucher?> VoucherAsync() => Store.FindVoucherAsync(Address, CancellationToken.None);

    /// <summary>What the chain would say of it.</summary>
    public ChannelObservation Observe(
        long seqno, long deposited, long claimed = 0, long pendingWithdraw = 0, long fee = 1_000_000, ChannelPhase phase = ChannelPhase.Open, ChannelTerms? terms = null,
        long unlockTime = 0, long time = 0)
    {
        // As the contract stores it: docs/settlement.md, "The channel".
        Cell first = (terms ?? Terms).Init.Data!;
        Cell data = new CellBuilder()
            .StoreUInt((ulong)phase, 2)
            .StoreCoins(new Nano(deposited))
            .StoreCoins(new Nano(claimed))
            .StoreCoins(Nano.Zero)
            .StoreCoins(new Nano(pendingWithdraw))
            .StoreUInt((ulong)unlockTime, 32)
            .StoreUInt((terms ?? Terms).CloseDelay, 32)
            .StoreUInt((terms ?? Terms).Salt, 64)
            .StoreReference(first.References[0])
            .Build();
        return new ChannelObservation(ContractCode.Channel.Hash.ToArray(), Boc.Write(data), seqno, seqno, new Nano(fee), time);
    }

    /// <summary>Says of an intent that it was sent, and that its destination refused it.</summary>
    public static async Task BounceAsync(ILedger ledger, Intent intent)
    {
        var store = (IWalletStore)ledger;
        if (await store.FindCursorAsync(intent.Wallet, CancellationToken.None) is not { } cursor)
        {
            cursor = new WalletCursor(1, new byte[32], Nano.FromCoins(100));
            await store.OpenWalletAsync(intent.Wallet, cursor, CancellationToken.None);
        }

        var send = new WalletSend(intent.Wallet, cursor.Lt, 1, 0, RandomNumberGenerator.GetBytes(32), new byte[1]);
        Assert.True(await store.TryAddSendAsync(send, cursor.Lt, [intent], CancellationToken.None));
        Assert.NotNull(await store.TryApplyAsync(
            new WalletStep
            {
                Wallet = intent.Wallet,
                PreviousLt = cursor.Lt,
                Lt = cursor.Lt + 1,
                Hash = RandomNumberGenerator.GetBytes(32),
                Fees = Nano.Zero,
                Send = send,
                Sent = [new SentIntent(intent, cursor.Lt + 1)],
            },
            CancellationToken.None));
        await store.EndIntentAsync(intent.IntentId, bounced: true, (int)ContractExit.NothingNew, CancellationToken.None);
    }

    private static TonAddress NewAddress() => new(0, new Bits256(RandomNumberGenerator.GetBytes(32)));
}
