using CocoonOrleans.Market;
using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Tests.Settlement.Chain;

/// <summary>A channel's whole life, with our wallet, our cells and our client, on the real TVM.</summary>
public sealed class ChannelOnChainTests
{
    private static readonly Nano Gas = new(50_000_000);

    [SkippableFact]
    public async Task Channel_FromDeployToClose_MovesWhatVouchersSay()
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync();
        using SigningKey payerWalletKey = Sample.KeyOf("payer wallet");
        using SigningKey payeeWalletKey = Sample.KeyOf("payee wallet");
        WalletV5R1 payer = await chain.FundedWalletAsync(payerWalletKey, 30);
        WalletV5R1 payee = await chain.FundedWalletAsync(payeeWalletKey, 30);
        var terms = new ChannelTerms(payer.Address, Sample.PayerKey.PublicKey, payee.Address, Sample.PayeeKey.PublicKey, 60, 7);

        // Deployed with the first deposit, then more of it.
        await chain.SendAsync(payer, payerWalletKey, new OutgoingMessage(terms.Address, Nano.FromCoins(5) + Gas, ChannelMessages.TopUp(1, Nano.FromCoins(5)), Init: terms.Init));
        await chain.SendAsync(payer, payerWalletKey, new OutgoingMessage(terms.Address, Nano.FromCoins(2) + Gas, ChannelMessages.TopUp(2, Nano.FromCoins(2))));
        ChannelState state = await ReadAsync(chain, terms);
        Assert.Equal((Nano.FromCoins(7), Nano.Zero), (state.Deposited, state.Claimed));
        Assert.Equal(terms, state.Terms);

        // What a charge costs by the chain's prices is what it does cost, to a third; by a wallet that is deployed.
        await chain.SendAsync(payee, payeeWalletKey, new OutgoingMessage(payee.Address, Gas, Cell.Empty));
        var prices = ChainPrices.Read(await chain.First.GetConfigParamAsync(ChainPrices.GasParameter, default), await chain.First.GetConfigParamAsync(ChainPrices.ForwardParameter, default));

        // Charged once, however often the voucher is shown.
        SignedVoucher voucher = new Voucher(TonNetwork.Development, terms.Address, 1, new Nano(1_500_000_000), VoucherContext.First).Sign(Sample.PayerKey);
        Nano before = (await chain.First.GetAccountAsync(payee.Address, null, default)).Balance;
        await chain.SendAsync(payee, payeeWalletKey, new OutgoingMessage(terms.Address, Gas, ChannelMessages.Charge(3, voucher)));
        Nano earned = (await chain.First.GetAccountAsync(payee.Address, null, default)).Balance - before;
        Assert.InRange(1_500_000_000 - earned.Value, prices.OfCharge().Value * 2 / 3, prices.OfCharge().Value * 4 / 3);
        await chain.SendAsync(payee, payeeWalletKey, new OutgoingMessage(terms.Address, Gas, ChannelMessages.Charge(4, voucher)));
        Assert.Equal(new Nano(1_500_000_000), (await ReadAsync(chain, terms)).Claimed);

        // What a watcher sees: four transactions, the last one refused.
        IReadOnlyList<Transaction> seen = await chain.First.GetTransactionsAsync(terms.Address, null, 100, default);
        Assert.Equal([(int)ContractExit.NothingNew, 0, 0, 0], seen.Select(transaction => transaction.Compute!.ExitCode!.Value));
        Assert.Equal([false, true, true, true], seen.Select(transaction => transaction.Succeeded));
        Assert.True(seen[0].HasBouncePhase);
        var paid = ChannelNotice.Find(seen[1].OutMessages[0]);
        Assert.Equal(new ChannelNotice(ChannelNoticeKind.Paid, 3, new Nano(1_500_000_000)), paid);

        // Read in pages, the same.
        IReadOnlyList<Transaction> page = await chain.First.GetTransactionsAsync(terms.Address, null, 2, default);
        var next = new TransactionId(page[1].PreviousLt, page[1].PreviousHash);
        IReadOnlyList<Transaction> rest = await chain.First.GetTransactionsAsync(terms.Address, next, 2, default);
        Assert.Equal(seen.Select(transaction => transaction.Hash), page.Concat(rest).Select(transaction => transaction.Hash));

        // Closed by both.
        uint now = (await chain.First.GetAccountAsync(terms.Address, null, default)).Time;
        var close = new CooperativeClose(TonNetwork.Development, terms.Address, Nano.FromCoins(2), now + 600);
        await chain.SendAsync(payer, payerWalletKey, new OutgoingMessage(terms.Address, Gas, ChannelMessages.CloseBoth(5, close, close.Sign(Sample.PayerKey), close.Sign(Sample.PayeeKey))));
        state = await ReadAsync(chain, terms);
        Assert.Equal((ChannelPhase.Closed, Nano.FromCoins(2)), (state.Phase, state.Claimed));

        GetMethodResult data = await chain.First.RunGetMethodAsync(terms.Address, "get_channel_data", null, default);
        Assert.Equal(12, data.Stack.Count);
        Assert.Equal(2, data.Number(0));
        Assert.Equal(terms.PayerAddress, data.Cell(8).BeginRead().ReadAddress("payer"));
    }

    private static async Task<ChannelState> ReadAsync(DevelopmentChain chain, ChannelTerms terms)
    {
        AccountState account = await chain.First.GetAccountAsync(terms.Address, null, default);
        Assert.Equal(ContractCode.Channel, account.Code);
        return ChannelState.Read(account.Data!);
    }
}
