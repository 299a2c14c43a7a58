using System.Security.Cryptography;
using CocoonOrleans.Cli.Cluster;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Providers;
using CocoonOrleans.Market;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Tests.EndToEnd.Settlement;

/// <summary>A provider paid by channel: captured in the ledger, promised by vouchers, charged on the development chain.</summary>
public sealed class ChannelTests : IDisposable
{
    private const string Client = "acct-test";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly TonAddress _payee = SettlingSilo.NewAddress();
    private readonly SigningKey _key = new(RandomNumberGenerator.GetBytes(32));

    private string Provider => ProviderId.Of(_key.PublicKey);

    [SkippableFact]
    public async Task Channel_ProviderEarns_IsToppedUpPromisedAndPaidOnTheChain()
    {
        await using SettlingSilo silo = await StartAsync();
        ChildProcess process = await silo.StartSiloAsync();
        WorkerChannel channel = await ChannelAsync(silo);
        byte[][] receipts = [await EarnAsync(silo, 1_000_000_000), await EarnAsync(silo, 500_000_001)];
        Nano earned = await silo.BookedAsync(Provider);

        StoredVoucher stored = await VoucherAsync(silo, channel, earned);
        SignedVoucher voucher = SignedVoucher.Parse(stored.Bytes.Span);
        Assert.True(voucher.IsSignedBy(silo.VoucherKey));
        Assert.Equal((earned, channel.Channel), (voucher.Voucher.Cumulative, voucher.Voucher.Channel.ToString()));

        // An auditor with the receipts comes to the same context, whatever the vouchers before it covered.
        if (stored.Serial == 1)
        {
            Assert.Equal(VoucherContext.Next(VoucherContext.First, UsageRoot.Of([.. receipts.Select(receipt => new Bits256(receipt))])), voucher.Voucher.Context);
        }

        await ClaimedAsync(silo, channel, earned);
        Nano paid = await silo.ReceivedAsync(_payee);
        Assert.InRange(paid.Value, earned.Value - 1_000_000, earned.Value);
        Assert.Equal(Nano.Zero, await silo.BookedAsync(Provider));
        ChannelState state = ChannelState.Read((await silo.Chain.First.GetAccountAsync(TonAddress.ParseRaw(channel.Channel), null, default)).Data!);
        await silo.SettleAsync();
        Assert.Equal(state.Claimed - state.Deposited, await silo.BookedAsync(WellKnownAccounts.ChainChannels));

        // Killed; more is earned meanwhile: promised and paid from where it was.
        await silo.KillAsync(process);
        await EarnAsync(silo, 2_000_000_000);
        Nano more = await silo.BookedAsync(Provider);
        await silo.StartSiloAsync();
        Assert.Equal(channel.Channel, Assert.Single(await silo.Ledger.ListChannelsAsync(default)).Channel);
        await ClaimedAsync(silo, channel, earned + more);
        Assert.InRange((await silo.ReceivedAsync(_payee)).Value, earned.Value + more.Value - 2_000_000, earned.Value + more.Value);
        await silo.SettleAsync();
    }

    [SkippableFact]
    public async Task Channel_ChainAwayBytesLostAndFrozen_EndsWithLedgerVouchersAndChainEqual()
    {
        await using SettlingSilo silo = await StartAsync();
        ChildProcess process = await silo.StartSiloAsync();
        WorkerChannel channel = await ChannelAsync(silo);
        Nano earned = Nano.Zero;
        for (int round = 0; round < 3; round++)
        {
            await silo.Chain.DevAsync("dev_drop", new { address = silo.WalletAddress, times = 2 });
            await silo.Chain.DevAsync("dev_fail", new { endpoint = (round % 2) + 1, status = 503, times = 6 });
            await silo.Chain.DevAsync("dev_stale", new { endpoint = 2 - (round % 2), blocks = 2, times = 4 });
            await silo.Chain.DevAsync("dev_duplicate", new { times = 3 });
            await EarnAsync(silo, 1_200_000_000 + round);
            earned += await silo.BookedAsync(Provider);
            await ClaimedAsync(silo, channel, earned);
        }

        // Frozen: seen with its reason, nothing is lost, and what was earned meanwhile is paid when it is thawed.
        await silo.Chain.DevAsync("dev_clear", new { });
        await silo.Chain.DevAsync("dev_freeze", new { address = channel.Channel });
        await EarnAsync(silo, 1_200_000_100);
        await Eventually.SeeAsync("the reason in the log", () => silo.LogOf(process), log => log.Contains($"Channel {channel.Channel} is frozen", StringComparison.Ordinal), Deadline);
        Assert.Equal(earned, (await silo.Ledger.FindChannelAsync(channel.Channel, default))!.State.Claimed);
        await silo.Chain.DevAsync("dev_thaw", new { address = channel.Channel });
        earned += await silo.BookedAsync(Provider);
        await ClaimedAsync(silo, channel, earned);

        await silo.SettleAsync();
        Assert.Equal(earned, (await silo.Ledger.FindVoucherAsync(channel.Channel, default))!.Cumulative);
        Assert.Equal(Nano.Zero, await silo.BookedAsync(Provider));
        Assert.InRange((await silo.ReceivedAsync(_payee)).Value, earned.Value - 4_000_000, earned.Value);
    }

    [SkippableFact]
    public async Task Close_OperatorGone_ProviderChargesItsLastVoucherAlone()
    {
        await using SettlingSilo silo = await StartAsync(thresholdCoins: 1_000);
        ChildProcess process = await silo.StartSiloAsync();
        WorkerChannel channel = await ChannelAsync(silo);
        await EarnAsync(silo, 1_000_000_000);
        Nano earned = await silo.BookedAsync(Provider);
        StoredVoucher stored = await VoucherAsync(silo, channel, earned);
        await silo.SettleAsync();
        await silo.KillAsync(process);
        Assert.Equal(Nano.Zero, await silo.ReceivedAsync(_payee));

        // From any wallet: the coins go to the provider's address whoever sends it.
        using var stranger = new SigningKey(RandomNumberGenerator.GetBytes(32));
        WalletV5R1 wallet = await silo.Chain.FundedWalletAsync(stranger, coins: 1);
        await silo.Chain.SendAsync(
            wallet,
            stranger,
            new OutgoingMessage(
                TonAddress.ParseRaw(channel.Channel), new Nano(50_000_000), ChannelMessages.Charge(1, SignedVoucher.Parse(stored.Bytes.Span)), Bounce: true));

        Assert.InRange((await silo.ReceivedAsync(_payee)).Value, earned.Value - 1_000_000, earned.Value);

        // The operator is back: its books see what happened without it, and owe nothing more.
        await silo.StartSiloAsync();
        await ClaimedAsync(silo, channel, earned);
        Assert.Equal(Nano.Zero, await silo.BookedAsync(Provider));
        await silo.SettleAsync();
    }

    [SkippableFact]
    public async Task Payer_RestoredFromAnOldBackup_CatchesUpAndPaysNothingTwice()
    {
        await using SettlingSilo silo = await StartAsync();
        ChildProcess process = await silo.StartSiloAsync();
        WorkerChannel channel = await ChannelAsync(silo);
        await EarnAsync(silo, 1_000_000_000);
        Nano early = await silo.BookedAsync(Provider);
        StoredVoucher old = await VoucherAsync(silo, channel, early);
        await silo.SettleAsync();
        await silo.KillAsync(process);
        string backup = silo.BackUpLedger();
        process = await silo.StartSiloAsync();
        await EarnAsync(silo, 2_000_000_000);
        Nano later = await EarnedAsync(silo);
        await ClaimedAsync(silo, channel, later);
        StoredVoucher newest = (await silo.Ledger.FindVoucherAsync(channel.Channel, default))!;
        await silo.KillAsync(process);

        await silo.RestoreLedgerAsync(backup);
        Assert.Equal(old.Serial, (await silo.Ledger.FindVoucherAsync(channel.Channel, default))!.Serial);
        process = await silo.StartSiloAsync();

        // The signer remembers what the book forgot, and the chain what was paid.
        await Eventually.SeeAsync<StoredVoucher?>(
            "the newest voucher taken over", async () => await silo.Ledger.FindVoucherAsync(channel.Channel, default), seen => seen?.Serial == newest.Serial, Deadline);
        await ClaimedAsync(silo, channel, later);
        StoredVoucher taken = (await silo.Ledger.FindVoucherAsync(channel.Channel, default))!;
        Assert.Equal(newest.Bytes.ToArray(), taken.Bytes.ToArray());
        Assert.Contains("the book is older than its signer", silo.LogOf(process), StringComparison.Ordinal);

        // The job that the book forgot was paid: it is overdrawn by that, and says so, until as much was earned again.
        Assert.True(await silo.BookedAsync(Provider) < Nano.Zero);
        Assert.NotEmpty(await silo.Ledger.CheckInvariantsAsync(default));

        // The wallet sent what the book doesn't know, so nothing more is sent until that is booked.
        await EarnAsync(silo, 4_000_000_000);
        await StoppedAsync(silo, process);
        Assert.Equal(later, (await silo.Ledger.ListChannelsAsync(default))[0].State.Claimed);
        ReconciliationReport booked = await silo.AdministerAsync(process, admin => admin.ReconcileAsync(apply: true, accept: 0, default));
        Assert.Equal("running", booked.State);
        Assert.All(booked.Payments, payment => Assert.True(payment.Kind is "topup" or "channelcall", payment.Kind));
        Nano all = await EarnedAsync(silo);
        await VoucherAsync(silo, channel, all);
        await ClaimedAsync(silo, channel, all);
        Assert.Equal(Nano.Zero, await silo.BookedAsync(Provider));
        Assert.InRange((await silo.ReceivedAsync(_payee)).Value, all.Value - 4_000_000, all.Value);
    }

    [SkippableFact]
    public async Task Transfers_BookRestoredFromABackup_AreNotPaidAgain()
    {
        await using SettlingSilo silo = await StartAsync();
        using var other = new SigningKey(RandomNumberGenerator.GetBytes(32));
        (SigningKey Key, TonAddress Payee)[] providers = [(_key, SettlingSilo.NewAddress()), (other, SettlingSilo.NewAddress())];
        for (int i = 0; i < providers.Length; i++)
        {
            await silo.OrderAsync(providers[i].Key, new PayoutTerms(providers[i].Payee, PayoutTerms.LeastTransfer, ByTransfer: true));
            await EarnAsync(silo, 200_000_000 + i, ProviderId.Of(providers[i].Key.PublicKey));
        }

        string backup = silo.BackUpLedger();
        ChildProcess process = await silo.StartSiloAsync();
        await PaidAsync(silo, providers);
        await silo.KillAsync(process);
        await silo.RestoreLedgerAsync(backup, endsInOrder: true);
        process = await silo.StartSiloAsync();

        // All is due once more by the book, and waits for a wallet that has stopped.
        await StoppedAsync(silo, process);
        await Eventually.SeeAsync("the payouts placed again", () => silo.Store.ListWaitingAsync(silo.WalletAddress, 10, default), waiting => waiting.Count == 2, Deadline);
        (ReconciliationReport shown, ReconciliationReport booked, ReconciliationReport again) = await silo.AdministerAsync(process, async admin => (
            await admin.ReconcileAsync(apply: false, accept: 0, default),
            await admin.ReconcileAsync(apply: true, accept: 0, default),
            await admin.ReconcileAsync(apply: true, accept: 0, default)));
        Assert.Equal(("stopped", false, "running", "running"), (shown.State, shown.Applied, booked.State, again.State));
        Assert.Equal(
            providers.Select(provider => (ProviderId.Of(provider.Key.PublicKey), provider.Payee.ToString(), "payout")).Order(),
            booked.Payments.Select(payment => (payment.AccountId!, payment.Destination, payment.Kind)).Order());
        Assert.Equal(booked.Payments, shown.Payments);
        Assert.Empty(again.Payments);

        // What is earned from now on is paid, and nothing else: book and chain are equal to the nano.
        await EarnAsync(silo, 300_000_000, ProviderId.Of(other.PublicKey));
        await PaidAsync(silo, providers);
        await silo.SettleAsync();
        foreach ((SigningKey key, TonAddress payee) in providers)
        {
            ProviderEarnings earnings = (await silo.Ledger.ReadEarningsAsync(ProviderId.Of(key.PublicKey), 1, default))!;
            Assert.Equal((earnings.Earned, Nano.Zero), (earnings.Charged, earnings.Due));
            Assert.Equal(earnings.Earned, await silo.ReceivedAsync(payee));
        }
    }

    [SkippableFact]
    public async Task Transfers_ToManySmallProviders_ArePaidOnceAtTheirThresholds()
    {
        const int count = 5;
        await using SettlingSilo silo = await StartAsync();
        SigningKey[] keys = [.. Enumerable.Range(0, count).Select(_ => new SigningKey(RandomNumberGenerator.GetBytes(32)))];
        TonAddress[] payees = [.. keys.Select(_ => SettlingSilo.NewAddress())];
        for (int i = 0; i < count; i++)
        {
            await silo.OrderAsync(keys[i], new PayoutTerms(payees[i], PayoutTerms.LeastTransfer, ByTransfer: true));

            // The last one is below its threshold.
            await EarnAsync(silo, i == count - 1 ? 50_000_000 : 200_000_000 + i, ProviderId.Of(keys[i].PublicKey));
        }

        ChildProcess process = await silo.StartSiloAsync();
        Nano[] earned = new Nano[count];
        for (int i = 0; i < count; i++)
        {
            earned[i] = (await silo.Ledger.ReadEarningsAsync(ProviderId.Of(keys[i].PublicKey), 1, default))!.Earned;
            Nano expected = i == count - 1 ? Nano.Zero : earned[i];
            await Eventually.SeeAsync("paid by transfer", () => silo.ReceivedAsync(payees[i]), seen => seen == expected, Deadline);
        }

        // Killed, and started again: nothing is paid twice, and what is earned later is.
        await silo.KillAsync(process);
        await EarnAsync(silo, 300_000_000, ProviderId.Of(keys[^1].PublicKey));
        await silo.StartSiloAsync();
        Nano later = (await silo.Ledger.ReadEarningsAsync(ProviderId.Of(keys[^1].PublicKey), 1, default))!.Earned;
        await Eventually.SeeAsync("paid by transfer", () => silo.ReceivedAsync(payees[^1]), seen => seen == later, Deadline);
        await silo.SettleAsync();
        for (int i = 0; i < count; i++)
        {
            ProviderEarnings after = (await silo.Ledger.ReadEarningsAsync(ProviderId.Of(keys[i].PublicKey), 1, default))!;
            Assert.Equal((after.Earned, Nano.Zero), (after.Charged, after.Due));
            Assert.Equal(after.Earned, await silo.ReceivedAsync(payees[i]));
            Assert.Null(after.Channel);
            keys[i].Dispose();
        }
    }

    public void Dispose() => _key.Dispose();

    private static async Task PaidAsync(SettlingSilo silo, IEnumerable<(SigningKey Key, TonAddress Payee)> providers)
    {
        foreach ((SigningKey key, TonAddress payee) in providers)
        {
            Nano earned = (await silo.Ledger.ReadEarningsAsync(ProviderId.Of(key.PublicKey), 1, default))!.Earned;
            await Eventually.SeeAsync("paid by transfer", () => silo.ReceivedAsync(payee), seen => seen == earned, Deadline);
        }
    }

    private static Task StoppedAsync(SettlingSilo silo, ChildProcess process) => Eventually.SeeAsync(
        "the stop in the log", () => silo.LogOf(process), log => log.Contains("./cocoon cluster reconcile", StringComparison.Ordinal), Deadline);

    private async Task<SettlingSilo> StartAsync(long thresholdCoins = 1)
    {
        SettlingSilo silo = await SettlingSilo.StartAsync(coins: 100, "--Channels:VoucherDelay=00:00:01", "--Channels:CloseDelay=00:01:00", "--Channels:LeastDepositNano=10000000000");
        await silo.OrderAsync(_key, new PayoutTerms(_payee, Nano.FromCoins(thresholdCoins)));
        await silo.Ledger.ExecuteAsync(
            [
                new CreateAccount(Client, AccountClass.Client, ""),
                new Transfer(Guid.NewGuid(), WellKnownAccounts.Treasury, Client, Nano.FromCoins(50), "funds of a test"),
            ],
            default);
        return silo;
    }

    private Task<byte[]> EarnAsync(SettlingSilo silo, long charge, string? provider = null) => silo.ServeAsync(Guid.CreateVersion7(), Client, provider ?? Provider, new Nano(charge));

    private static async Task<WorkerChannel> ChannelAsync(SettlingSilo silo) => Assert.Single(await Eventually.SeeAsync(
        "a channel for the provider", () => silo.Ledger.ListChannelsAsync(default), channels => channels.Count > 0, Deadline));

    private async Task<Nano> EarnedAsync(SettlingSilo silo) => (await silo.Ledger.ReadEarningsAsync(Provider, 1, default))!.Earned;

    private static async Task<StoredVoucher> VoucherAsync(SettlingSilo silo, WorkerChannel channel, Nano cumulative) => (await Eventually.SeeAsync<StoredVoucher?>(
        $"a voucher of {cumulative} nano", async () => await silo.Ledger.FindVoucherAsync(channel.Channel, default), voucher => voucher?.Cumulative == cumulative, Deadline))!;

    private static Task ClaimedAsync(SettlingSilo silo, WorkerChannel channel, Nano amount) => Eventually.SeeAsync<WorkerChannel?>(
        $"{amount} nano claimed", async () => await silo.Ledger.FindChannelAsync(channel.Channel, default), seen => seen?.State.Claimed == amount, Deadline);
}
