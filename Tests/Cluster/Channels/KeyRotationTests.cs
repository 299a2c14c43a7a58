using System.Security.Cryptography;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Providers;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Providers;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Tests.Cluster.Providers;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Tests.Cluster.Channels;

/// <summary>The operator's keys change while providers have channels: with another voucher key, or another wallet.</summary>
public sealed class KeyRotationTests : IDisposable
{
    private const long Coin = Nano.PerCoin;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cocoon-rotation-");
    private readonly VoucherSigner _oldSigner = new();
    private readonly VoucherSigner _newSigner = new();
    private readonly SigningKey _key = new(RandomNumberGenerator.GetBytes(32));
    private readonly string _oldWallet = SampleProvider.NewAddress().ToString();
    private readonly string _newWallet = SampleProvider.NewAddress().ToString();

    private string Provider => ProviderId.Of(_key.PublicKey);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sweep_KeyOfAnUnfundedChannelIsGone_GivesItUp_AndTheNextOneHasTheNewKey(bool isVoucherKey)
    {
        SampleChannel old;
        await using (SettlingSilo before = await StartAsync(_oldWallet, _oldSigner))
        {
            await OrderAsync(before);
            old = await OpenAsync(before);
        }

        await using SettlingSilo silo = await StartNewAsync(isVoucherKey);
        await Grain(silo, old).SweepAsync(null);
        SampleChannel next = await OpenAsync(silo);

        Assert.Equal(WorkerChannelPhase.Closed, (await Store(silo).FindChannelAsync(old.Address, default))!.State.Phase);
        Assert.Equal(
            (isVoucherKey ? _newSigner.Key : _oldSigner.Key, isVoucherKey ? _oldWallet : _newWallet), (next.Terms.PayerKey, next.Terms.PayerAddress.ToString()));
        await next.EarnAsync(Coin);
        await Grain(silo, next).SweepAsync(next.Observe(1, deposited: 2 * Coin));
        Assert.Equal(new Nano(Coin), (await next.VoucherAsync())!.Cumulative);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sweep_KeyOfAFundedChannelIsGone_PromisesNothingTwice_AndTheKeyMayComeBack(bool isVoucherKey)
    {
        SampleChannel old;
        await using (SettlingSilo before = await StartAsync(_oldWallet, _oldSigner))
        {
            await OrderAsync(before);
            old = await OpenAsync(before);
            await old.EarnAsync(3 * Coin);
            await Grain(before, old).SweepAsync(old.Observe(1, deposited: 3 * Coin));
            Assert.Equal(new Nano(3 * Coin), (await old.VoucherAsync())!.Cumulative);
        }

        SampleChannel next;
        await using (SettlingSilo silo = await StartNewAsync(isVoucherKey))
        {
            old = old with { Ledger = silo.Ledger };
            await old.EarnAsync(Coin);
            int calls = await CountIntentsAsync(silo);
            await Grain(silo, old).SweepAsync(old.Observe(2, deposited: 9 * Coin));
            Assert.Equal((1L, calls), ((await old.VoucherAsync())!.Serial, await CountIntentsAsync(silo)));
            Assert.False(await Grain(silo, old).ChargeAsync());
            Assert.False(await Grain(silo, old).LeaveAsync());

            // The three coins are promised already, and the chain may pay them.
            next = await OpenAsync(silo);
            Assert.NotEqual(old.Address, next.Address);
            await Grain(silo, next).SweepAsync(next.Observe(1, deposited: 9 * Coin));
            Assert.Equal(new Nano(Coin), (await next.VoucherAsync())!.Cumulative);
            Assert.False(await next.Store.TryAddVoucherAsync(
                new StoredVoucher(next.Address, 2, new Nano(Coin + 1), new byte[32], 0, new byte[1], DateTimeOffset.UnixEpoch), default));

            // They are paid: booked, and what is due is the new channel's alone.
            await Grain(silo, old).SweepAsync(old.Observe(3, deposited: 9 * Coin, claimed: 3 * Coin));
            Assert.Equal(new Nano(Coin), await next.DueAsync());
            Assert.Empty(await silo.Ledger.CheckInvariantsAsync(default));
        }

        await using SettlingSilo back = await StartAsync(_oldWallet, _oldSigner);
        await Grain(back, next).SweepAsync(next.Observe(2, deposited: 9 * Coin));
        await Grain(back, old).SweepAsync(old.Observe(4, deposited: 9 * Coin, claimed: 3 * Coin));
        Assert.Equal(old.Address, (await ((IProviderStore)back.Ledger).FindProviderChannelAsync(Provider, default))!.Channel);
        Assert.True(await Grain(back, old).LeaveAsync());
    }

    [Fact]
    public async Task Sweep_NoNewChannelsAreWanted_OpensNone()
    {
        await using SettlingSilo silo = await SettlingSilo.StartAsync(_folder.FullName, _oldWallet, _oldSigner, ("Channels:OpenNew", "false"));
        await OrderAsync(silo);

        await silo.Client.GetGrain<IProviderGrain>(Provider).SweepAsync();

        Assert.Null(await ((IProviderStore)silo.Ledger).FindProviderChannelAsync(Provider, default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sweep_BookIsOlderThanItsSigner_TakesTheChannelOverAndPromisesNothingTwice(bool hasAnotherChannel)
    {
        SampleChannel lost;
        await using (SettlingSilo silo = await StartAsync(_oldWallet, _oldSigner))
        {
            await OrderAsync(silo);
            lost = await OpenAsync(silo);
            await lost.EarnAsync(3 * Coin);
            await Grain(silo, lost).SweepAsync(lost.Observe(1, deposited: 9 * Coin));
            await lost.EarnAsync(Coin);
            await Grain(silo, lost).SweepAsync(lost.Observe(2, deposited: 9 * Coin));
            Assert.Equal((2L, new Nano(4 * Coin)), ((await lost.VoucherAsync())!.Serial, (await lost.VoucherAsync())!.Cumulative));
        }

        // A book of before the channel was opened, by which the provider is due as much.
        DirectoryInfo older = Directory.CreateTempSubdirectory("cocoon-older-");
        await using (SettlingSilo restored = await SettlingSilo.StartAsync(older.FullName, _oldWallet, _oldSigner))
        {
            await OrderAsync(restored);
            lost = lost with { Ledger = restored.Ledger };
            await lost.EarnAsync(5 * Coin);
            if (hasAnotherChannel)
            {
                await ((IChannelStore)restored.Ledger).OpenChannelAsync(
                    new Ton.Vouchers.ChannelTerms(
                        lost.Terms.PayerAddress, _oldSigner.Key, SampleProvider.NewAddress(), lost.Terms.PayeeKey, 60, 7).ToWorkerChannel(Provider),
                    default);
            }

            SampleChannel counts = await OpenAsync(restored);

            Assert.Equal(!hasAnotherChannel, counts.Address == lost.Address);
            Assert.Equal((2L, new Nano(4 * Coin)), ((await lost.VoucherAsync())!.Serial, (await lost.VoucherAsync())!.Cumulative));
            await Grain(restored, lost).SweepAsync(lost.Observe(3, deposited: 9 * Coin, claimed: 2 * Coin));
            Assert.Equal(new Nano(3 * Coin), await lost.DueAsync());
            if (hasAnotherChannel)
            {
                // Two of the three coins are promised over the channel that was lost.
                await Grain(restored, counts).SweepAsync(counts.Observe(1, deposited: 9 * Coin));
                Assert.Equal(new Nano(Coin), (await counts.VoucherAsync())!.Cumulative);
            }
            else
            {
                Assert.Equal(new Nano(5 * Coin), (await lost.VoucherAsync())!.Cumulative);
            }

            Assert.Empty(await restored.Ledger.CheckInvariantsAsync(default));
        }

        older.Delete(recursive: true);
    }

    [Fact]
    public async Task Sweep_MoreIsDueThanADaysCap_IsSignedInParts()
    {
        using var capped = new VoucherSigner(Nano.FromCoins(2));
        await using SettlingSilo silo = await StartAsync(_oldWallet, capped);
        await OrderAsync(silo);
        SampleChannel channel = await OpenAsync(silo);
        await channel.EarnAsync(5 * Coin);
        foreach ((int day, long promised) in ((int, long)[])[(0, 2), (0, 2), (1, 4), (2, 5), (2, 5)])
        {
            capped.Day = DateOnly.MinValue.AddDays(day);
            await Grain(silo, channel).SweepAsync(channel.Observe(1, deposited: 9 * Coin));
            Assert.Equal(new Nano(promised * Coin), (await channel.VoucherAsync())!.Cumulative);
        }
    }

    public void Dispose()
    {
        _oldSigner.Dispose();
        _newSigner.Dispose();
        _key.Dispose();
        _folder.Delete(recursive: true);
    }

    private static IChannelStore Store(SettlingSilo silo) => (IChannelStore)silo.Ledger;

    private static IPaymentChannelGrain Grain(SettlingSilo silo, SampleChannel channel) => silo.Client.GetGrain<IPaymentChannelGrain>(channel.Address);

    private Task<SettlingSilo> StartAsync(string wallet, VoucherSigner signer) => SettlingSilo.StartAsync(_folder.FullName, wallet, signer);

    private Task<SettlingSilo> StartNewAsync(bool isVoucherKey) => isVoucherKey ? StartAsync(_oldWallet, _newSigner) : StartAsync(_newWallet, _oldSigner);

    private async Task<int> CountIntentsAsync(SettlingSilo silo) => (await ((IWalletStore)silo.Ledger).ListWaitingAsync(_oldWallet, 100, default)).Count;

    private async Task OrderAsync(SettlingSilo silo)
    {
        await silo.Ledger.ExecuteAsync([new CreateAccount(Provider, AccountClass.Provider, "")], default);
        Assert.True(await ((IProviderStore)silo.Ledger).TryAddOrderAsync(
            new PayoutOrder(Provider, 1, SampleProvider.NewAddress().ToString(), Nano.FromCoins(1000), ByTransfer: false, DateTimeOffset.UnixEpoch, new byte[1], DateTimeOffset.UnixEpoch),
            default));
    }

    private async Task<SampleChannel> OpenAsync(SettlingSilo silo)
    {
        await silo.Client.GetGrain<IProviderGrain>(Provider).SweepAsync();
        WorkerChannel channel = (await ((IProviderStore)silo.Ledger).FindProviderChannelAsync(Provider, default))!;
        return new SampleChannel(Provider, channel.Terms(), silo.Ledger);
    }
}
