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

/// <summary>
/// Every refusal of the channel's contract, made by our own cells, wallets and signatures and read through our own client: the state stays as it was, and the
/// message comes back.
/// </summary>
public sealed class ChannelRefusalTests(SharedChain shared) : IClassFixture<SharedChain>
{
    private const uint Delay = 60;

    private static readonly Nano Gas = ChannelMessages.CallGas;
    private static readonly Nano Deposit = Nano.FromCoins(5);

    private DevelopmentChain _chain = null!;
    private ChannelTerms _terms = null!;

    [SkippableTheory]
    [InlineData("charge signed by the payee", ContractExit.Signature)]
    [InlineData("charge with another amount than was signed", ContractExit.Signature)]
    [InlineData("charge of another channel's voucher", ContractExit.OtherContractOrNetwork)]
    [InlineData("charge of another network's voucher", ContractExit.OtherContractOrNetwork)]
    [InlineData("charge of a close in a voucher's place", ContractExit.OtherKind)]
    [InlineData("charge of a voucher with a bit more", ContractExit.Malformed)]
    [InlineData("charge shown twice", ContractExit.NothingNew)]
    [InlineData("charge of an older voucher", ContractExit.NothingNew)]
    [InlineData("charge of dust", ContractExit.NothingNew)]
    [InlineData("charge with too little gas", ContractExit.ValueTooLow)]
    [InlineData("charge of a closed channel", ContractExit.WrongState)]
    [InlineData("close together by one side", ContractExit.Signature)]
    [InlineData("close together of another channel", ContractExit.OtherContractOrNetwork)]
    [InlineData("close together too late", ContractExit.LockedOrExpired)]
    [InlineData("close together below what is claimed", ContractExit.NothingNew)]
    [InlineData("close together twice", ContractExit.WrongState)]
    [InlineData("start close by the payee", ContractExit.NotThePayer)]
    [InlineData("start close twice", ContractExit.WrongState)]
    [InlineData("finish close while open", ContractExit.WrongState)]
    [InlineData("finish close early", ContractExit.LockedOrExpired)]
    [InlineData("top-up while closing", ContractExit.WrongState)]
    [InlineData("top-up of a closed channel", ContractExit.WrongState)]
    [InlineData("top-up that says more than it carries", ContractExit.ValueTooLow)]
    [InlineData("ask back by the payee", ContractExit.NotThePayer)]
    [InlineData("ask back twice", ContractExit.LockedOrExpired)]
    [InlineData("take back a request that isn't there", ContractExit.NothingToWithdraw)]
    [InlineData("withdraw without a request", ContractExit.NothingToWithdraw)]
    [InlineData("withdraw early", ContractExit.LockedOrExpired)]
    [InlineData("withdraw what was charged", ContractExit.NothingToWithdraw)]
    [InlineData("unknown operation", ContractExit.UnknownOp)]
    [InlineData("start close with a bit more", ContractExit.Malformed)]
    public async Task Channel_WhatItMustRefuse_ComesBackAndChangesNothing(string what, ContractExit exit)
    {
        await OpenAsync();
        (bool byPayer, Cell body, Nano value) = await PrepareAsync(what);
        ChannelState before = await StateAsync();
        (WalletV5R1 wallet, SigningKey key) = byPayer ? (shared.Payer, shared.PayerWalletKey) : (shared.Stranger, shared.StrangerKey);
        Nano had = (await _chain.First.GetAccountAsync(wallet.Address, null, default)).Balance;

        await _chain.SendAsync(wallet, key, new OutgoingMessage(_terms.Address, value, body));

        Transaction refused = (await _chain.First.GetTransactionsAsync(_terms.Address, null, 1, default))[0];
        Assert.Equal((exit, true, false), ((ContractExit)refused.Compute!.ExitCode!.Value, refused.HasBouncePhase, refused.Succeeded));
        Assert.Equal(before, await StateAsync());
        Nano lost = had - (await _chain.First.GetAccountAsync(wallet.Address, null, default)).Balance;
        Assert.InRange(lost.Value, 0, 20_000_000);
    }

    [SkippableFact]
    public async Task Charge_AboveTheDeposit_IsClippedAndTheRestComesWithTheSameVoucherAfterATopUp()
    {
        await OpenAsync();
        SignedVoucher voucher = Voucher(7);

        await SendAsync(byPayer: false, ChannelMessages.Charge(1, voucher), Gas);
        Assert.Equal(Deposit, (await StateAsync()).Claimed);
        await SendAsync(byPayer: true, ChannelMessages.TopUp(2, Nano.FromCoins(3)), Nano.FromCoins(3) + Gas);
        await SendAsync(byPayer: false, ChannelMessages.Charge(3, voucher), Gas);

        Assert.Equal((Nano.FromCoins(8), Nano.FromCoins(7)), ((await StateAsync()).Deposited, (await StateAsync()).Claimed));
    }

    [SkippableFact]
    public async Task Close_ByEachSideAlone_GivesTheLastVoucherToThePayeeAndTheRestToThePayer()
    {
        await OpenAsync();
        await SendAsync(byPayer: true, ChannelMessages.StartClose(1), Gas);

        // In the delay the payee still charges.
        await SendAsync(byPayer: false, ChannelMessages.Charge(2, Voucher(2)), Gas);
        await _chain.DevAsync("dev_now", new { advance = Delay + 1 });
        Nano had = (await _chain.First.GetAccountAsync(shared.Payer.Address, null, default)).Balance;
        await SendAsync(byPayer: false, ChannelMessages.FinishClose(3), Gas);

        ChannelState state = await StateAsync();
        Assert.Equal((ChannelPhase.Closed, Nano.FromCoins(2)), (state.Phase, state.Claimed));
        Nano returned = (await _chain.First.GetAccountAsync(shared.Payer.Address, null, default)).Balance - had;
        Assert.InRange(returned.Value, 2_950_000_000, 3_050_000_000);
    }

    [SkippableFact]
    public async Task Frozen_Channel_SendsMessagesBackAndPaysAfterItIsThawed()
    {
        await OpenAsync();
        await _chain.DevAsync("dev_freeze", new { address = _terms.Address.ToString() });

        AccountState frozen = await _chain.First.GetAccountAsync(_terms.Address, null, default);
        Assert.Equal((AccountStatus.Frozen, (Cell?)null), (frozen.Status, frozen.Data));
        await SendAsync(byPayer: false, ChannelMessages.Charge(1, Voucher(2)), Gas);
        Transaction refused = (await _chain.First.GetTransactionsAsync(_terms.Address, null, 1, default))[0];
        Assert.Equal((true, false, (int?)null), (refused.HasBouncePhase, refused.Succeeded, refused.Compute?.ExitCode));

        await _chain.DevAsync("dev_thaw", new { address = _terms.Address.ToString() });
        await SendAsync(byPayer: false, ChannelMessages.Charge(2, Voucher(2)), Gas);
        Assert.Equal(Nano.FromCoins(2), (await StateAsync()).Claimed);
    }

    [SkippableFact]
    public async Task Frozen_PayoutAddress_KeepsWhatAVoucherPaysIt()
    {
        _chain = await shared.OpenAsync();
        using SigningKey key = Sample.KeyOf("frozen payee");
        WalletV5R1 payee = await _chain.FundedWalletAsync(key, 1);
        await _chain.SendAsync(payee, key, new OutgoingMessage(shared.Stranger.Address, new Nano(1), Cell.Empty, Bounce: false));
        await _chain.DevAsync("dev_freeze", new { address = payee.Address.ToString() });
        await OpenAsync(payee);
        Nano had = (await _chain.First.GetAccountAsync(payee.Address, null, default)).Balance;

        await SendAsync(byPayer: false, ChannelMessages.Charge(1, Voucher(2)), Gas);

        AccountState frozen = await _chain.First.GetAccountAsync(payee.Address, null, default);
        Assert.Equal((AccountStatus.Frozen, Nano.FromCoins(2)), (frozen.Status, (await StateAsync()).Claimed));
        Assert.InRange((frozen.Balance - had).Value, 1_990_000_000, 2_000_000_000);
        await _chain.DevAsync("dev_thaw", new { address = payee.Address.ToString() });
        await _chain.SendAsync(payee, key, new OutgoingMessage(shared.Stranger.Address, Nano.FromCoins(2), Cell.Empty, Bounce: false));
        Assert.InRange((await _chain.First.GetAccountAsync(payee.Address, null, default)).Balance.Value, 1, 1_000_000_000);
    }

    /// <summary>A channel of its own with a deposit.</summary>
    private async Task OpenAsync(WalletV5R1? payee = null)
    {
        _chain = await shared.OpenAsync();
        _terms = new ChannelTerms(shared.Payer.Address, Sample.PayerKey.PublicKey, (payee ?? shared.Payee).Address, Sample.PayeeKey.PublicKey, Delay, shared.NextSalt());
        await _chain.SendAsync(
            shared.Payer, shared.PayerWalletKey, new OutgoingMessage(_terms.Address, Deposit + Gas, ChannelMessages.TopUp(1, Deposit), Init: _terms.Init));
        Assert.Equal(Deposit, (await StateAsync()).Deposited);
    }

    /// <summary>Brings the channel to where the message is refused.</summary>
    private async Task<(bool ByPayer, Cell Body, Nano Value)> PrepareAsync(string what)
    {
        uint now = (await _chain.First.GetAccountAsync(_terms.Address, null, default)).Time;
        switch (what)
        {
            case "charge signed by the payee":
                return Call(ChannelMessages.Charge(9, Voucher(2).Voucher.Sign(Sample.PayeeKey)));
            case "charge with another amount than was signed":
                return Call(ChannelMessages.Charge(9, new SignedVoucher(Voucher(4).Voucher, Voucher(2).Signature)));
            case "charge of another channel's voucher":
                return Call(ChannelMessages.Charge(9, (Voucher(2).Voucher with { Channel = Sample.Address }).Sign(Sample.PayerKey)));
            case "charge of another network's voucher":
                return Call(ChannelMessages.Charge(9, (Voucher(2).Voucher with { Network = TonNetwork.Mainnet }).Sign(Sample.PayerKey)));
            case "charge of a close in a voucher's place":
                return Call(Charge(Close(2, now + 600).ToCell()));
            case "charge of a voucher with a bit more":
                return Call(Charge(new CellBuilder().StoreContent(Voucher(2).Voucher.ToCell()).StoreBit(false).Build()));
            case "charge shown twice":
                await SendAsync(byPayer: false, ChannelMessages.Charge(8, Voucher(2)), Gas);
                return Call(ChannelMessages.Charge(9, Voucher(2)));
            case "charge of an older voucher":
                await SendAsync(byPayer: false, ChannelMessages.Charge(8, Voucher(2)), Gas);
                return Call(ChannelMessages.Charge(9, Voucher(1)));
            case "charge of dust":
                return Call(ChannelMessages.Charge(9, (Voucher(2).Voucher with { Cumulative = ChannelMessages.LeastPayout - new Nano(1) }).Sign(Sample.PayerKey)));
            case "charge with too little gas":
                return (false, ChannelMessages.Charge(9, Voucher(2)), ChannelMessages.LeastValue - new Nano(5_000_000));
            case "charge of a closed channel":
                await CloseTogetherAsync(now);
                return Call(ChannelMessages.Charge(9, Voucher(2)));
            case "close together by one side":
                return Call(CloseBoth(Close(2, now + 600), Sample.PayerKey));
            case "close together of another channel":
                return Call(CloseBoth(Close(2, now + 600) with { Channel = Sample.Address }, Sample.PayeeKey));
            case "close together too late":
                return Call(CloseBoth(Close(2, now - 1), Sample.PayeeKey));
            case "close together below what is claimed":
                await SendAsync(byPayer: false, ChannelMessages.Charge(8, Voucher(2)), Gas);
                return Call(CloseBoth(Close(1, now + 600), Sample.PayeeKey));
            case "close together twice":
                await CloseTogetherAsync(now);
                return Call(CloseBoth(Close(2, now + 600), Sample.PayeeKey));
            case "start close by the payee":
                return Call(ChannelMessages.StartClose(9));
            case "start close twice":
                await SendAsync(byPayer: true, ChannelMessages.StartClose(8), Gas);
                return (true, ChannelMessages.StartClose(9), Gas);
            case "finish close while open":
                return Call(ChannelMessages.FinishClose(9));
            case "finish close early":
                await SendAsync(byPayer: true, ChannelMessages.StartClose(8), Gas);
                return Call(ChannelMessages.FinishClose(9));
            case "top-up while closing":
                await SendAsync(byPayer: true, ChannelMessages.StartClose(8), Gas);
                return (true, ChannelMessages.TopUp(9, Nano.FromCoins(1)), Nano.FromCoins(1) + Gas);
            case "top-up of a closed channel":
                await CloseTogetherAsync(now);
                return (true, ChannelMessages.TopUp(9, Nano.FromCoins(1)), Nano.FromCoins(1) + Gas);
            case "top-up that says more than it carries":
                return (true, ChannelMessages.TopUp(9, Nano.FromCoins(2)), Nano.FromCoins(1));
            case "ask back by the payee":
                return Call(ChannelMessages.AskWithdraw(9, Nano.FromCoins(1)));
            case "ask back twice":
                await SendAsync(byPayer: true, ChannelMessages.AskWithdraw(8, Nano.FromCoins(1)), Gas);
                return (true, ChannelMessages.AskWithdraw(9, Nano.FromCoins(2)), Gas);
            case "take back a request that isn't there":
                return (true, ChannelMessages.AskWithdraw(9, Nano.Zero), Gas);
            case "withdraw without a request":
                return Call(ChannelMessages.DoWithdraw(9));
            case "withdraw early":
                await SendAsync(byPayer: true, ChannelMessages.AskWithdraw(8, Nano.FromCoins(1)), Gas);
                return Call(ChannelMessages.DoWithdraw(9));
            case "withdraw what was charged":
                await SendAsync(byPayer: true, ChannelMessages.AskWithdraw(7, Nano.FromCoins(1)), Gas);
                await SendAsync(byPayer: false, ChannelMessages.Charge(8, Voucher(5)), Gas);
                await _chain.DevAsync("dev_now", new { advance = Delay + 1 });
                return Call(ChannelMessages.DoWithdraw(9));
            case "unknown operation":
                return Call(new CellBuilder().StoreUInt(0x5e7d1008, 32).StoreUInt(9, 64).Build());
            case "start close with a bit more":
                return (true, new CellBuilder().StoreContent(ChannelMessages.StartClose(9)).StoreBit(true).Build(), Gas);
            default:
                throw new ArgumentOutOfRangeException(nameof(what), what, "no such case");
        }
    }

    private static (bool ByPayer, Cell Body, Nano Value) Call(Cell body) => (false, body, Gas);

    /// <summary>A charge of any cell, signed by the payer.</summary>
    private static Cell Charge(Cell signed) => new CellBuilder()
        .StoreUInt(0x5e7d1002, 32)
        .StoreUInt(9, 64)
        .StoreBytes(Sample.PayerKey.Sign(signed).ToArray())
        .StoreReference(signed)
        .Build();

    private SignedVoucher Voucher(long coins) =>
        new Voucher(TonNetwork.Development, _terms.Address, 1, Nano.FromCoins(coins), VoucherContext.First).Sign(Sample.PayerKey);

    private CooperativeClose Close(long coins, uint until) => new(TonNetwork.Development, _terms.Address, Nano.FromCoins(coins), until);

    private static Cell CloseBoth(CooperativeClose close, SigningKey second) => ChannelMessages.CloseBoth(9, close, close.Sign(Sample.PayerKey), close.Sign(second));

    private async Task CloseTogetherAsync(uint now)
    {
        await SendAsync(byPayer: false, CloseBoth(Close(1, now + 600), Sample.PayeeKey), Gas);
        Assert.Equal(ChannelPhase.Closed, (await StateAsync()).Phase);
    }

    /// <summary>Sends from the payer, or from a stranger: what isn't the payer's alone works from any wallet.</summary>
    private Task SendAsync(bool byPayer, Cell body, Nano value) => byPayer
        ? _chain.SendAsync(shared.Payer, shared.PayerWalletKey, new OutgoingMessage(_terms.Address, value, body))
        : _chain.SendAsync(shared.Stranger, shared.StrangerKey, new OutgoingMessage(_terms.Address, value, body));

    private async Task<ChannelState> StateAsync() => ChannelState.Read((await _chain.First.GetAccountAsync(_terms.Address, null, default)).Data!);
}
