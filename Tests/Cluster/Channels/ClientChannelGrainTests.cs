using System.Security.Cryptography;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Tests.Cluster.Channels;

/// <summary>Jobs that a client's channel pays for, through the grains, without a chain: the test says what the chain would.</summary>
[Collection(TwoSilosCollection.Name)]
public sealed class ClientChannelGrainTests(TwoSilos silos) : ClusterTest(silos), IDisposable
{
    private const long Coin = Nano.PerCoin;

    private readonly SigningKey _key = new(RandomNumberGenerator.GetBytes(32));

    private IClientChannelStore Store => (IClientChannelStore)Ledger;

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task Start_WithAVoucher_HoldsOnTheChannel()
    {
        (Payer payer, ChannelTerms terms) = await OpenAsync(deposited: 5 * Coin);

        JobStartResult started = await StartAsync(payer, Sign(terms, 1, 2000));

        Assert.Equal((JobStartStatus.Held, new Nano(1000)), (started.Status, started.Held));
        Assert.Equal(new Nano(1000), (await FindAsync(terms)).Held);
        Assert.Equal(Nano.Zero, (await Account(payer.AccountId).GetAsync())!.Held);
    }

    [Fact]
    public async Task Start_VoucherTooLow_IsToldTheChannelWithTheBestVoucher()
    {
        (Payer payer, ChannelTerms terms) = await OpenAsync(deposited: 5 * Coin);
        SignedVoucher best = Sign(terms, 3, 1500);
        Assert.Equal(JobStartStatus.Held, (await StartAsync(payer, best)).Status);

        JobStartResult refused = await StartAsync(payer, Sign(terms, 2, 1000));

        Assert.Equal((JobStartStatus.VoucherTooLow, new Nano(500)), (refused.Status, refused.Shortfall));
        Assert.Equal(best.ToBytes(), refused.Channel!.Voucher);
    }

    [Fact]
    public async Task Start_BadVouchers_AreRefusedByField()
    {
        (Payer payer, ChannelTerms terms) = await OpenAsync(deposited: 5 * Coin);
        (Payer other, _) = await OpenAsync(deposited: 5 * Coin);
        using var stranger = new SigningKey(RandomNumberGenerator.GetBytes(32));
        var voucher = new Voucher(TonNetwork.Development, terms.Address, 1, new Nano(2000), default);

        Assert.Equal("voucher.signature", await FaultAsync(payer, voucher.Sign(stranger).ToBytes()));
        Assert.Equal("voucher.network", await FaultAsync(payer, (voucher with { Network = TonNetwork.Mainnet }).Sign(_key).ToBytes()));
        Assert.Equal("voucher.channel", await FaultAsync(other, voucher.Sign(_key).ToBytes()));
        Assert.Equal("voucher.cumulative", await FaultAsync(payer, (voucher with { Serial = 0 }).Sign(_key).ToBytes()));
        Assert.Equal("voucher.cumulative", await FaultAsync(payer, (voucher with { Cumulative = Nano.Zero }).Sign(_key).ToBytes()));
        Assert.Equal("voucher.cumulative", await FaultAsync(payer, (voucher with { Serial = ulong.MaxValue }).Sign(_key).ToBytes()));
        Assert.Null((await FindAsync(terms)).Voucher);
    }

    [Fact]
    public async Task Sweep_MuchUsed_ChargesTheLowestVoucherThatCoversIt()
    {
        (Payer payer, ChannelTerms terms) = await OpenAsync(deposited: 9 * Coin);
        await UseAsync(payer, Sign(terms, 1, 2 * Coin), 2 * Coin);
        await StartAsync(payer, Sign(terms, 2, 3 * Coin));
        await StartAsync(payer, Sign(terms, 3, 4 * Coin));

        await Grain(terms).SweepAsync(Observe(terms, 2, deposited: 9 * Coin));
        await Grain(terms).SweepAsync(Observe(terms, 3, deposited: 9 * Coin));

        Intent charge = Assert.Single(await WaitingAsync(terms));
        Assert.Equal((IntentPurpose.ChannelCall, terms.Address.ToString()), (charge.Purpose, charge.Destination));
        Assert.Equal(ChannelMessages.Charge((ulong)charge.QueryId, Sign(terms, 1, 2 * Coin)).Hash, Boc.Parse(charge.Body.Span).Hash);
    }

    [Fact]
    public async Task Sweep_PayerMayLeave_ServesNothingMoreAndChargesAtOnce()
    {
        (Payer payer, ChannelTerms terms) = await OpenAsync(deposited: 5 * Coin);
        await UseAsync(payer, Sign(terms, 1, 10_000_000), 10_000_000);
        await Grain(terms).SweepAsync(Observe(terms, 2, deposited: 5 * Coin));
        Assert.Empty(await WaitingAsync(terms));

        await Grain(terms).SweepAsync(Observe(terms, 3, deposited: 5 * Coin, phase: ChannelPhase.Closing));

        Assert.Single(await WaitingAsync(terms));
        Assert.Equal(JobStartStatus.ChannelNotOpen, (await StartAsync(payer, Sign(terms, 2, Coin))).Status);
    }

    [Fact]
    public async Task Sweep_AnotherCodeOrOtherTerms_OpensNothing()
    {
        (Payer payer, ChannelTerms terms) = await OpenAsync(deposited: 0);
        var others = new ChannelTerms(terms.PayerAddress, terms.PayerKey, terms.PayeeAddress, terms.PayeeKey, terms.CloseDelay, terms.Salt + 1);

        await Grain(terms).SweepAsync(Observe(terms, 1, deposited: 5 * Coin) with { CodeHash = new byte[32] });
        await Grain(terms).SweepAsync(Observe(others, 1, deposited: 5 * Coin));
        await Grain(terms).SweepAsync(Observe(terms, 1, deposited: 5 * Coin) with { Data = "no boc"u8.ToArray() });

        Assert.Equal(WorkerChannelPhase.Unfunded, (await FindAsync(terms)).State.Phase);
        Assert.Equal(JobStartStatus.ChannelNotOpen, (await StartAsync(payer, Sign(terms, 1, Coin))).Status);
    }

    [Fact]
    public async Task Sweep_DepositClipsTheVoucher_IsChargedAgainAfterATopUp()
    {
        (Payer payer, ChannelTerms terms) = await OpenAsync(deposited: 2 * Coin);
        await UseAsync(payer, Sign(terms, 1, 2 * Coin), 2 * Coin);
        await Grain(terms).SweepAsync(Observe(terms, 2, deposited: 2 * Coin));
        Assert.Single(await WaitingAsync(terms));

        // The chain paid half of it, for whatever reason: the same voucher goes there once more.
        await Grain(terms).SweepAsync(Observe(terms, 3, deposited: 2 * Coin, claimed: Coin));
        Assert.Equal(2, (await WaitingAsync(terms)).Count);
    }

    [Fact]
    public async Task Sweep_ChargeRefused_IsTriedAgainAfterAPauseAndNotForEver()
    {
        (Payer payer, ChannelTerms terms) = await OpenAsync(deposited: 3 * Coin);
        await UseAsync(payer, Sign(terms, 1, 2 * Coin), 2 * Coin);
        for (int attempt = 0; attempt < 6; attempt++)
        {
            await Grain(terms).SweepAsync(Observe(terms, 2, deposited: 3 * Coin));
            await SampleChannel.BounceAsync(Ledger, Assert.Single(await WaitingAsync(terms)));
            await Grain(terms).SweepAsync(Observe(terms, 2, deposited: 3 * Coin));
            Assert.Empty(await WaitingAsync(terms));
            Silos.Clock.Advance(TimeSpan.FromMinutes(Math.Pow(4, attempt)));
        }

        await Grain(terms).SweepAsync(Observe(terms, 2, deposited: 3 * Coin));
        Assert.Empty(await WaitingAsync(terms));
    }

    private SignedVoucher Sign(ChannelTerms terms, ulong serial, long cumulative) =>
        new Voucher(TonNetwork.Development, terms.Address, serial, new Nano(cumulative), default).Sign(_key);

    private IClientChannelGrain Grain(ChannelTerms terms) => Silos.Client.GetGrain<IClientChannelGrain>(terms.Address.ToString());

    private async Task<ClientChannel> FindAsync(ChannelTerms terms) => (await Store.FindClientChannelAsync(terms.Address.ToString(), default))!;

    private Task<IReadOnlyList<Intent>> WaitingAsync(ChannelTerms terms) => ((IWalletStore)Ledger).ListWaitingAsync(terms.PayeeAddress.ToString(), 100, default);

    private async Task<JobStartResult> StartAsync(Payer payer, SignedVoucher voucher, long tokens = 1000) =>
        await Silos.Client.GetGrain<IJobGrain>(Guid.CreateVersion7()).StartAsync(Sample.Start(payer, Now, 0, tokens) with { Voucher = voucher.ToBytes() });

    private async Task<string?> FaultAsync(Payer payer, byte[] voucher)
    {
        JobStartResult result = await Silos.Client.GetGrain<IJobGrain>(Guid.CreateVersion7()).StartAsync(Sample.Start(payer, Now) with { Voucher = voucher });
        Assert.Equal(JobStartStatus.VoucherRefused, result.Status);
        return result.InvalidField;
    }

    /// <summary>A job that uses all that it holds.</summary>
    private async Task UseAsync(Payer payer, SignedVoucher voucher, long nano)
    {
        IJobGrain job = Silos.Client.GetGrain<IJobGrain>(Guid.CreateVersion7());
        JobStart start = Sample.Start(payer, Now, 0, nano / 1000) with
        {
            Voucher = voucher.ToBytes(),
            Cap = new Market.Prices.TokenPrices(new Nano(1), new Nano(1), new Nano(1_000_000_000)),
        };
        Assert.Equal(JobStartStatus.Held, (await job.StartAsync(start)).Status);
        JobCompletionResult done = await job.CompleteAsync(Sample.Completion(payer, 0, nano / 1000) with { Price = start.Cap });
        Assert.Equal((JobCompletionStatus.Captured, new Nano(nano)), (done.Status, done.Captured));
    }

    private async Task<(Payer Payer, ChannelTerms Terms)> OpenAsync(long deposited)
    {
        Payer payer = await CreatePayerAsync();
        var terms = new ChannelTerms(
            NewAddress(), _key.PublicKey, NewAddress(), Silos.Vouchers.Key, 60, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
        Assert.NotNull(await Store.OpenClientChannelAsync(terms.ToClientChannel(payer.AccountId), 4, default));
        if (deposited > 0)
        {
            await Grain(terms).SweepAsync(Observe(terms, 1, deposited));
        }

        return (payer, terms);
    }

    private static ChannelObservation Observe(ChannelTerms terms, long seqno, long deposited, long claimed = 0, ChannelPhase phase = ChannelPhase.Open) =>
        new SampleChannel("", terms, null!).Observe(seqno, deposited, claimed, phase: phase);

    private static TonAddress NewAddress() => new(0, new Bits256(RandomNumberGenerator.GetBytes(32)));
}
