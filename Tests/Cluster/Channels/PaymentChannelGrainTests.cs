using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Tests.Cluster.Providers;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Tests.Cluster.Channels;

/// <summary>The grain without a chain: the test says what the chain would.</summary>
[Collection(TwoSilosCollection.Name)]
public sealed class PaymentChannelGrainTests(TwoSilos silos) : ClusterTest(silos)
{
    private const long Coin = Nano.PerCoin;

    [Fact]
    public async Task Sweep_SomethingDueAndFunded_SignsAVoucherThatVerifies()
    {
        SampleChannel channel = await SampleChannel.OpenAsync(Silos);
        await channel.EarnAsync(Coin);

        await Grain(channel).SweepAsync(channel.Observe(1, deposited: 5 * Coin));

        StoredVoucher stored = (await channel.VoucherAsync())!;
        SignedVoucher voucher = SignedVoucher.Parse(stored.Bytes.Span);
        Assert.True(voucher.IsSignedBy(Silos.Vouchers.Key));
        Assert.Equal((1ul, new Nano(Coin), channel.Terms.Address), (voucher.Voucher.Serial, voucher.Voucher.Cumulative, voucher.Voucher.Channel));

        // Nothing more is due: nothing more is signed.
        await Grain(channel).SweepAsync(channel.Observe(2, deposited: 5 * Coin));
        Assert.Equal(1, (await channel.VoucherAsync())!.Serial);
    }

    [Fact]
    public async Task Sweep_DueAboveTheDeposit_PromisesNoMoreThanIsThereLessWhatMayGoBack()
    {
        SampleChannel channel = await SampleChannel.OpenAsync(Silos);
        await channel.EarnAsync(9 * Coin);

        await Grain(channel).SweepAsync(null);
        Assert.Null(await channel.VoucherAsync());
        await Grain(channel).SweepAsync(channel.Observe(1, deposited: 5 * Coin, pendingWithdraw: 2 * Coin));
        Assert.Equal(new Nano(3 * Coin), (await channel.VoucherAsync())!.Cumulative);

        await Grain(channel).SweepAsync(channel.Observe(2, deposited: 10 * Coin));
        Assert.Equal(new Nano(9 * Coin), (await channel.VoucherAsync())!.Cumulative);
        Assert.Equal(2, (await channel.VoucherAsync())!.Serial);
    }

    [Fact]
    public async Task Sweep_Unfunded_PlacesOneTopUpWithTheContract()
    {
        SampleChannel channel = await SampleChannel.OpenAsync(Silos);
        await Grain(channel).SweepAsync(null);
        Assert.Empty(await WaitingAsync(channel));
        await channel.EarnAsync(Coin);

        await Grain(channel).SweepAsync(null);
        await channel.EarnAsync(Coin);
        await Grain(channel).SweepAsync(null);

        // What is due, and twice that; not what came to be due after it was placed.
        Intent topUp = Assert.Single(await WaitingAsync(channel));
        Assert.Equal((IntentPurpose.TopUp, channel.Address, new Nano(3 * Coin)), (topUp.Purpose, topUp.Destination, topUp.Amount));
        Assert.Equal(channel.Terms.Init.ToCell().Hash, Boc.Parse(topUp.Init!.Value.Span).Hash);
    }

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData((Coin / 10) - 1, 0, 0)]
    [InlineData(Coin / 10, 0, Coin + (Coin / 10))] // a coin at least
    [InlineData(2 * Coin, 0, 6 * Coin)] // in proportion
    [InlineData(50 * Coin, 0, 60 * Coin)] // ten coins at most
    [InlineData(2 * Coin, 4 * Coin, 0)]
    [InlineData(2 * Coin, (3 * Coin) - 1, 4 * Coin)]
    public async Task Sweep_Earned_IsFundedInProportion(long earned, long deposited, long topUp)
    {
        SampleChannel channel = await SampleChannel.OpenAsync(Silos);
        await channel.EarnAsync(earned);

        await Grain(channel).SweepAsync(deposited == 0 ? null : channel.Observe(1, deposited));

        Assert.Equal(topUp, (await WaitingAsync(channel)).Where(intent => intent.Purpose == IntentPurpose.TopUp).Sum(intent => intent.Amount.Value));
    }

    [Fact]
    public async Task Sweep_MuchUnclaimed_PlacesOneCharge()
    {
        SampleChannel channel = await SampleChannel.OpenAsync(Silos);
        await channel.EarnAsync(2 * Coin);

        await Grain(channel).SweepAsync(channel.Observe(1, deposited: 5 * Coin));
        await Grain(channel).SweepAsync(channel.Observe(2, deposited: 5 * Coin));

        Intent charge = Assert.Single(await WaitingAsync(channel), intent => intent.Purpose == IntentPurpose.ChannelCall);
        var body = ChannelMessages.Charge((ulong)charge.QueryId, SignedVoucher.Parse((await channel.VoucherAsync())!.Bytes.Span));
        Assert.Equal(body.Hash, Boc.Parse(charge.Body.Span).Hash);
    }

    [Theory]
    [InlineData(1_999, 10_000, 1, ChannelPhase.Open, false)] // less than the threshold
    [InlineData(2_000, 10_000, 1, ChannelPhase.Open, true)]
    [InlineData(2_000, 10_000, 101, ChannelPhase.Open, false)] // twenty times the fee is more
    [InlineData(300, 500, 1, ChannelPhase.Open, true)] // most of the channel
    [InlineData(300, 500, 31, ChannelPhase.Open, false)] // but less than ten fees
    [InlineData(3, 500, 31, ChannelPhase.Closing, true)] // the last chance
    [InlineData(1, 500, 31, ChannelPhase.Closing, false)] // below what the contract pays
    public async Task Sweep_Unclaimed_IsChargedByAmountShareFeeAndPhase(long earnedMilli, long depositedMilli, long feeMilli, ChannelPhase phase, bool isCharged)
    {
        const long milli = 1_000_000;
        SampleChannel channel = await SampleChannel.OpenAsync(Silos);
        await channel.EarnAsync(earnedMilli * milli);

        await Grain(channel).SweepAsync(channel.Observe(1, depositedMilli * milli, fee: feeMilli * milli, phase: phase));

        Assert.Equal(isCharged, (await WaitingAsync(channel)).Any(intent => intent.Purpose == IntentPurpose.ChannelCall));
    }

    [Fact]
    public async Task Sweep_LittleUnclaimedForADay_IsCharged()
    {
        SampleChannel channel = await SampleChannel.OpenAsync(Silos);
        await channel.EarnAsync(Coin / 5);
        await Grain(channel).SweepAsync(channel.Observe(1, 10 * Coin));
        Assert.DoesNotContain(await WaitingAsync(channel), intent => intent.Purpose == IntentPurpose.ChannelCall);

        Silos.Clock.Advance(TimeSpan.FromDays(1));
        await Grain(channel).SweepAsync(channel.Observe(2, 10 * Coin));

        Assert.Contains(await WaitingAsync(channel), intent => intent.Purpose == IntentPurpose.ChannelCall);
    }

    [Fact]
    public async Task Sweep_Claimed_IsNoLongerDue_AndIsBookedOnce()
    {
        SampleChannel channel = await SampleChannel.OpenAsync(Silos);
        await channel.EarnAsync(3 * Coin);
        await Grain(channel).SweepAsync(channel.Observe(1, deposited: 5 * Coin));

        await Grain(channel).SweepAsync(channel.Observe(2, deposited: 5 * Coin, claimed: 2 * Coin));
        await Grain(channel).SweepAsync(channel.Observe(2, deposited: 5 * Coin, claimed: 2 * Coin));

        Assert.Equal(new Nano(Coin), await channel.DueAsync());
        Assert.Equal(new Nano(3 * Coin), (await channel.VoucherAsync())!.Cumulative);
        await channel.EarnAsync(Coin);
        await Grain(channel).SweepAsync(null);
        Assert.Equal(new Nano(4 * Coin), (await channel.VoucherAsync())!.Cumulative);
    }

    [Fact]
    public async Task Sweep_OlderThanBefore_ChangesNothing()
    {
        SampleChannel channel = await SampleChannel.OpenAsync(Silos);
        await channel.EarnAsync(3 * Coin);
        await Grain(channel).SweepAsync(channel.Observe(5, deposited: 5 * Coin));

        await Grain(channel).SweepAsync(channel.Observe(4, deposited: 9 * Coin, claimed: 3 * Coin));
        await Grain(channel).SweepAsync(channel.Observe(6, deposited: 4 * Coin));

        Assert.Equal(new Nano(3 * Coin), await channel.DueAsync());
        Assert.Equal((5L, new Nano(5 * Coin)), await SeenAsync(channel));
    }

    [Fact]
    public async Task Sweep_ForeignCodeOrData_IsRefused()
    {
        SampleChannel channel = await SampleChannel.OpenAsync(Silos);
        SampleChannel other = await SampleChannel.OpenAsync(Silos);
        await channel.EarnAsync(Coin);
        ChannelObservation good = channel.Observe(1, deposited: 5 * Coin);

        await Grain(channel).SweepAsync(good with { CodeHash = new byte[32] });
        await Grain(channel).SweepAsync(good with { CodeHash = new byte[31] });
        await Grain(channel).SweepAsync(channel.Observe(1, deposited: 5 * Coin, terms: other.Terms));
        await Grain(channel).SweepAsync(good with { Data = [1, 2, 3] });
        await Grain(channel).SweepAsync(good with { Data = Boc.Write(Cell.Empty) });

        Assert.Null(await channel.VoucherAsync());
        Assert.Equal((0L, Nano.Zero), await SeenAsync(channel));
    }

    [Fact]
    public async Task Sweep_PayoutInFlight_IsNotPromisedToo()
    {
        SampleChannel channel = await SampleChannel.OpenAsync(Silos);
        await channel.EarnAsync(3 * Coin);
        await Grain(channel).SweepAsync(channel.Observe(1, deposited: 2 * Coin));
        PlaceIntent payout = new()
        {
            IntentId = Guid.NewGuid(),
            Wallet = channel.Terms.PayerAddress.ToString(),
            Destination = channel.Terms.PayeeAddress.ToString(),
            Value = new Nano(Coin + 1),
            Amount = new Nano(Coin + 1),
            Body = new byte[1],
            Purpose = IntentPurpose.Payout,
            AccountId = channel.Provider,
        };

        // Two are promised already: one can be paid otherwise, and then isn't promised.
        Assert.Equal(new Nano(1), Assert.IsType<InsufficientBalance>(await DoAsync(payout)).Shortfall);
        Assert.IsType<IntentPlaced>(await DoAsync(payout with { Value = new Nano(Coin), Amount = new Nano(Coin) }));
        await Grain(channel).SweepAsync(channel.Observe(2, deposited: 5 * Coin));

        Assert.Equal(new Nano(2 * Coin), (await channel.VoucherAsync())!.Cumulative);
    }

    [Theory]
    [InlineData(2, 1, false)]
    [InlineData(3, Coin, false)]
    [InlineData(1, 2 * Coin, false)]
    [InlineData(2, (3 * Coin) + 1, false)]
    [InlineData(2, (5 * Coin) + 1, false)]
    [InlineData(2, 3 * Coin, true)]
    public async Task TryAddVoucher_OutOfTurnOrAboveWhatIsThere_IsRefusedBySql(long serial, long cumulative, bool isTaken)
    {
        SampleChannel channel = await SampleChannel.OpenAsync(Silos);
        await channel.EarnAsync(2 * Coin);
        await Grain(channel).SweepAsync(channel.Observe(1, deposited: 5 * Coin));
        await channel.EarnAsync(cumulative > 5 * Coin ? 9 * Coin : Coin);

        bool taken = await channel.Store.TryAddVoucherAsync(
            new StoredVoucher(channel.Address, serial, new Nano(cumulative), new byte[32], 0, new byte[1], Now), default);

        Assert.Equal(isTaken, taken);
    }

    [Fact]
    public async Task Sweep_SignerRemembersMoreThanTheBook_TakesItOverAndGoesOnAboveIt()
    {
        SampleChannel channel = await SampleChannel.OpenAsync(Silos);
        await channel.EarnAsync(Coin);
        await Grain(channel).SweepAsync(channel.Observe(1, deposited: 5 * Coin));

        // As if the book had been restored from the time before this one.
        SignedVoucher later = await SignAsync(channel, serial: 4, cumulative: 2 * Coin);
        await Grain(channel).SweepAsync(channel.Observe(2, deposited: 5 * Coin));
        StoredVoucher taken = (await channel.VoucherAsync())!;
        Assert.Equal((4L, new Nano(2 * Coin)), (taken.Serial, taken.Cumulative));
        Assert.Equal(later.ToBytes(), taken.Bytes.ToArray());

        // It is paid: nothing is signed again for it.
        await channel.EarnAsync(Coin);
        await Grain(channel).SweepAsync(channel.Observe(3, deposited: 5 * Coin));
        Assert.Equal(4, (await channel.VoucherAsync())!.Serial);
        await channel.EarnAsync(1);
        Silos.Clock.Advance(TimeSpan.FromMinutes(1));
        await Grain(channel).SweepAsync(channel.Observe(4, deposited: 5 * Coin));
        Assert.Equal((5L, new Nano((2 * Coin) + 1)), ((await channel.VoucherAsync())!.Serial, (await channel.VoucherAsync())!.Cumulative));
    }

    [Fact]
    public async Task Sweep_SerialFork_IsReportedAndNothingIsSignedOrPaidAnyMore()
    {
        SampleChannel channel = await SampleChannel.OpenAsync(Silos);
        await channel.EarnAsync(Coin);
        await SignAsync(channel, serial: 1, cumulative: Coin / 2);
        var other = new StoredVoucher(channel.Address, 1, new Nano(Coin), new byte[32], 0, new byte[171], Now);
        Assert.True(await channel.Store.TryApplyAsync(
            channel.Address, ChannelSnapshot.Unseen with { Phase = WorkerChannelPhase.Open, Deposited = new Nano(5 * Coin), Seqno = 1, LastLt = 1 }, default));
        Assert.True(await channel.Store.TryAddVoucherAsync(other, default));
        await channel.EarnAsync(Coin);

        await Grain(channel).SweepAsync(channel.Observe(2, deposited: 5 * Coin));

        Assert.Equal(1, (await channel.VoucherAsync())!.Serial);
        Assert.Empty(await WaitingAsync(channel));
        Assert.Equal(VoucherRefusal.Fork, (await Assert.ThrowsAsync<VoucherRefusedException>(() => SignAsync(channel, serial: 1, cumulative: Coin))).Refusal);
    }

    [Fact]
    public async Task Leave_Open_StartsTheCloseOnce_AndSweepsFinishItWhenTheDelayIsOver()
    {
        SampleChannel channel = await SampleChannel.OpenAsync(Silos);
        await channel.EarnAsync(Coin / 10);
        Assert.False(await Grain(channel).LeaveAsync());
        await Grain(channel).SweepAsync(channel.Observe(1, deposited: 5 * Coin));

        Assert.True(await Grain(channel).LeaveAsync());
        Assert.True(await Grain(channel).LeaveAsync());
        Intent start = Assert.Single(await CallsAsync(channel));
        Assert.Equal(ChannelMessages.StartClose((ulong)start.QueryId).Hash, Boc.Parse(start.Body.Span).Hash);

        await Grain(channel).SweepAsync(channel.Observe(2, 5 * Coin, phase: ChannelPhase.Closing, unlockTime: 1_000, time: 1_001));
        Intent charge = (await CallsAsync(channel))[^1];
        Assert.Equal(ChannelMessages.Charge((ulong)charge.QueryId, SignedVoucher.Parse((await channel.VoucherAsync())!.Bytes.Span)).Hash, Boc.Parse(charge.Body.Span).Hash);
        await Grain(channel).SweepAsync(channel.Observe(3, 5 * Coin, claimed: Coin / 10, phase: ChannelPhase.Closing, unlockTime: 1_000, time: 1_000));
        Assert.Equal(2, (await CallsAsync(channel)).Count);
        await Grain(channel).SweepAsync(channel.Observe(4, 5 * Coin, claimed: Coin / 10, phase: ChannelPhase.Closing, unlockTime: 1_000, time: 1_001));
        await Grain(channel).SweepAsync(channel.Observe(5, 5 * Coin, claimed: Coin / 10, phase: ChannelPhase.Closing, unlockTime: 1_000, time: 1_002));

        Intent finish = (await CallsAsync(channel))[^1];
        Assert.Equal(3, (await CallsAsync(channel)).Count);
        Assert.Equal(ChannelMessages.FinishClose((ulong)finish.QueryId).Hash, Boc.Parse(finish.Body.Span).Hash);
    }

    [Fact]
    public async Task Charge_LittleIsDue_IsChargedAtOnceWhereTheContractPays()
    {
        SampleChannel channel = await SampleChannel.OpenAsync(Silos);
        Assert.False(await Grain(channel).ChargeAsync());
        await channel.EarnAsync(1_999_999);
        await Grain(channel).SweepAsync(channel.Observe(1, deposited: 5 * Coin));
        Assert.False(await Grain(channel).ChargeAsync());

        await channel.EarnAsync(1);
        Assert.True(await Grain(channel).ChargeAsync());

        Assert.Single(await CallsAsync(channel));
        Assert.Equal(new Nano(2_000_000), (await channel.VoucherAsync())!.Cumulative);
    }

    [Fact]
    public async Task Sweep_ProviderOrdersAnotherAddress_LeavesTheChannelAndTopsNothingUp()
    {
        SampleProvider provider = await SampleProvider.AdmitAsync(Silos);
        SampleChannel channel = await SampleChannel.OpenAsync(Silos.Ledgers[0], Silos.Vouchers, provider.Id);
        await channel.EarnAsync(Coin / 10);
        await Grain(channel).SweepAsync(channel.Observe(1, deposited: Coin / 2));
        Assert.Single(await WaitingAsync(channel));
        await provider.OrderAsync();

        await Grain(channel).SweepAsync(channel.Observe(2, deposited: Coin / 2));
        await Grain(channel).SweepAsync(channel.Observe(3, deposited: Coin / 2));

        // Charged, though it is little, and left; the top-up is from before.
        Assert.Equal(2, (await CallsAsync(channel)).Count);
        Assert.Equal(3, (await WaitingAsync(channel)).Count);
    }

    [Fact]
    public async Task Sweep_UnfundedChannelOfAFormerAddress_IsGivenUp_UnlessATopUpIsOnItsWay()
    {
        SampleProvider provider = await SampleProvider.AdmitAsync(Silos);
        SampleChannel unfunded = await SampleChannel.OpenAsync(Silos.Ledgers[0], Silos.Vouchers, provider.Id);
        await provider.OrderAsync();
        await Grain(unfunded).SweepAsync(null);
        Assert.Equal(WorkerChannelPhase.Closed, (await unfunded.Store.FindChannelAsync(unfunded.Address, default))!.State.Phase);

        SampleProvider other = await SampleProvider.AdmitAsync(Silos);
        SampleChannel onItsWay = await SampleChannel.OpenAsync(Silos.Ledgers[0], Silos.Vouchers, other.Id);
        await onItsWay.EarnAsync(Coin);
        await Grain(onItsWay).SweepAsync(null);
        await other.OrderAsync();
        await Grain(onItsWay).SweepAsync(null);
        Assert.Equal(WorkerChannelPhase.Unfunded, (await onItsWay.Store.FindChannelAsync(onItsWay.Address, default))!.State.Phase);
    }

    [Fact]
    public async Task Close_OfferSigned_IsPlacedOnce_AndAnythingElseIsRefused()
    {
        SampleProvider provider = await SampleProvider.AdmitAsync(Silos);
        var terms = new ChannelTerms(SampleProvider.NewAddress(), Silos.Vouchers.Key, SampleProvider.NewAddress(), provider.Key.PublicKey, 60, 1);
        await Ledger.ExecuteAsync([new CreateAccount(provider.Id, AccountClass.Provider, "")], default);
        await ((IChannelStore)Ledger).OpenChannelAsync(terms.ToWorkerChannel(provider.Id), default);
        var channel = new SampleChannel(provider.Id, terms, Ledger);
        await Assert.ThrowsAsync<ArgumentException>(() => Grain(channel).OfferCloseAsync(provider.Ask(ProviderRequestKind.OfferClose)));
        await channel.EarnAsync(Coin / 10);
        await Grain(channel).SweepAsync(channel.Observe(1, deposited: 5 * Coin));

        ChannelClose offer = await Grain(channel).OfferCloseAsync(provider.Ask(ProviderRequestKind.OfferClose));
        CooperativeClose close = CooperativeClose.Read(Boc.Parse(offer.Close));
        Assert.Equal((new Nano(Coin / 10), terms.Address), (close.Cumulative, close.Channel));
        Assert.True(Silos.Vouchers.Key.Verifies(close.ToCell(), Ton.Signatures.Signature.FromBytes(offer.Payer)));

        CooperativeClose foreign = close with { Channel = SampleProvider.NewAddress() };
        CooperativeClose dead = close with { ValidUntil = 1 };
        SampleProvider stranger = SampleProvider.Create(Silos);
        foreach (byte[] bad in (byte[][])
        [
            provider.Ask(ProviderRequestKind.Close),
            provider.Ask(ProviderRequestKind.OfferClose, new CloseAnswer(close, close.Sign(provider.Key)).ToCell()),
            provider.Ask(ProviderRequestKind.Close, new CloseAnswer(close, close.Sign(stranger.Key)).ToCell()),
            provider.Ask(ProviderRequestKind.Close, new CloseAnswer(foreign, foreign.Sign(provider.Key)).ToCell()),
            provider.Ask(ProviderRequestKind.Close, new CloseAnswer(dead, dead.Sign(provider.Key)).ToCell()),
            stranger.Ask(ProviderRequestKind.Close, new CloseAnswer(close, close.Sign(stranger.Key)).ToCell()),
            Answer(close with { Cumulative = Nano.Zero }),
            Answer(close with { Cumulative = close.Cumulative - new Nano(1) }),
            Answer(close with { ValidUntil = close.ValidUntil + 1 }),
            Answer(close with { ValidUntil = uint.MaxValue }),
        ])
        {
            await Assert.ThrowsAsync<ArgumentException>(() => Grain(channel).CloseAsync(bad));
        }

        Assert.Empty(await CallsAsync(channel));
        await Grain(channel).CloseAsync(provider.Ask(ProviderRequestKind.Close, new CloseAnswer(close, close.Sign(provider.Key)).ToCell()));
        await Grain(channel).CloseAsync(provider.Ask(ProviderRequestKind.Close, new CloseAnswer(close, close.Sign(provider.Key)).ToCell()));
        Intent call = Assert.Single(await CallsAsync(channel));
        Assert.Equal(
            ChannelMessages.CloseBoth((ulong)call.QueryId, close, Ton.Signatures.Signature.FromBytes(offer.Payer), close.Sign(provider.Key)).Hash, Boc.Parse(call.Body.Span).Hash);

        // Another offer is the same call: however many are asked for, one is on its way.
        Silos.Clock.Advance(TimeSpan.FromSeconds(1));
        await Grain(channel).CloseAsync(Answer(close with { ValidUntil = close.ValidUntil + 1 }));
        Assert.Single(await CallsAsync(channel));

        // What the contract would refuse is not sent: the channel is closed, or the rest is below what it pays.
        await Grain(channel).SweepAsync(channel.Observe(2, deposited: 5 * Coin, claimed: (Coin / 10) - 1));
        Assert.Contains("contract pays no less", (await Assert.ThrowsAsync<ArgumentException>(() => Grain(channel).CloseAsync(Answer(close)))).Message, StringComparison.Ordinal);
        await Grain(channel).SweepAsync(channel.Observe(3, deposited: 5 * Coin, claimed: Coin / 10, phase: ChannelPhase.Closed));
        Assert.Contains("isn't open", (await Assert.ThrowsAsync<ArgumentException>(() => Grain(channel).CloseAsync(Answer(close)))).Message, StringComparison.Ordinal);

        byte[] Answer(CooperativeClose answer) => provider.Ask(ProviderRequestKind.Close, new CloseAnswer(answer, answer.Sign(provider.Key)).ToCell());
    }

    [Fact]
    public async Task Close_RefusedByTheChannel_IsTriedAFewTimesAndNoMore()
    {
        SampleProvider provider = await SampleProvider.AdmitAsync(Silos);
        var terms = new ChannelTerms(SampleProvider.NewAddress(), Silos.Vouchers.Key, SampleProvider.NewAddress(), provider.Key.PublicKey, 60, 1);
        await ((IChannelStore)Ledger).OpenChannelAsync(terms.ToWorkerChannel(provider.Id), default);
        var channel = new SampleChannel(provider.Id, terms, Ledger);
        await channel.EarnAsync(Coin / 10);
        await Grain(channel).SweepAsync(channel.Observe(1, deposited: 5 * Coin));
        for (int attempt = 0; attempt < 6; attempt++)
        {
            await CloseAsync();
            await CloseAsync();
            await SampleChannel.BounceAsync(Ledger, Assert.Single(await CallsAsync(channel)));
            if (attempt == 5)
            {
                break;
            }

            await CloseAsync();
            Assert.Empty(await CallsAsync(channel));
            Silos.Clock.Advance(TimeSpan.FromMinutes(Math.Pow(4, attempt)));
            if (attempt == 4)
            {
                // More earned, another voucher: the same call all the same.
                await channel.EarnAsync(Coin / 10);
            }
        }

        Assert.Contains("too many closes", (await Assert.ThrowsAsync<ArgumentException>(CloseAsync)).Message, StringComparison.Ordinal);

        async Task CloseAsync()
        {
            ChannelClose offer = await Grain(channel).OfferCloseAsync(provider.Ask(ProviderRequestKind.OfferClose));
            CooperativeClose close = CooperativeClose.Read(Boc.Parse(offer.Close));
            await Grain(channel).CloseAsync(provider.Ask(ProviderRequestKind.Close, new CloseAnswer(close, close.Sign(provider.Key)).ToCell()));
        }
    }

    [Fact]
    public async Task Sweep_ChargeRefused_IsTriedAgainAfterAPause_AndTheCloseIsFinishedWhenAllAreRefused()
    {
        SampleChannel channel = await SampleChannel.OpenAsync(Silos);
        await channel.EarnAsync(3 * Coin);
        await SweepAsync();
        for (int attempt = 0; attempt < 6; attempt++)
        {
            Intent charge = Assert.Single(await CallsAsync(channel));
            Assert.Equal(ChannelMessages.Charge((ulong)charge.QueryId, SignedVoucher.Parse((await channel.VoucherAsync())!.Bytes.Span)).Hash, Boc.Parse(charge.Body.Span).Hash);
            await SampleChannel.BounceAsync(Ledger, charge);
            if (attempt < 5)
            {
                await SweepAsync();
                Assert.Empty(await CallsAsync(channel));
                Silos.Clock.Advance(TimeSpan.FromMinutes(Math.Pow(4, attempt)));
                await SweepAsync();
            }
        }

        await SweepAsync();
        Intent finish = Assert.Single(await CallsAsync(channel));
        Assert.Equal(ChannelMessages.FinishClose((ulong)finish.QueryId).Hash, Boc.Parse(finish.Body.Span).Hash);

        Task SweepAsync() => Grain(channel).SweepAsync(channel.Observe(1, 10 * Coin, phase: ChannelPhase.Closing, unlockTime: 1_000, time: 1_001));
    }

    private Task<SignedVoucher> SignAsync(SampleChannel channel, long serial, long cumulative) => Silos.Vouchers.SignAsync(
        new VoucherOrder(
            new Voucher(Silos.Vouchers.Network, channel.Terms.Address, (ulong)serial, new Nano(cumulative), default), new Nano(5 * Coin), CoveredUpTo: 0, channel.Provider, channel.Terms),
        default);

    private static async Task<List<Intent>> CallsAsync(SampleChannel channel) => [.. (await WaitingAsync(channel)).Where(intent => intent.Purpose == IntentPurpose.ChannelCall)];

    private async Task<LedgerResult> DoAsync(LedgerOperation operation) => Assert.Single(await Ledger.ExecuteAsync([operation], default));

    private IPaymentChannelGrain Grain(SampleChannel channel) => Silos.Client.GetGrain<IPaymentChannelGrain>(channel.Address);

    private static Task<IReadOnlyList<Intent>> WaitingAsync(SampleChannel channel) =>
        ((IWalletStore)channel.Ledger).ListWaitingAsync(channel.Terms.PayerAddress.ToString(), 10, default);

    private static async Task<(long Seqno, Nano Deposited)> SeenAsync(SampleChannel channel)
    {
        ChannelSnapshot state = (await channel.Store.FindChannelAsync(channel.Address, default))!.State;
        return (state.Seqno, state.Deposited);
    }
}
