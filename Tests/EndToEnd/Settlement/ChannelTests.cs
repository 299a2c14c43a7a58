using System.Security.Cryptography;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Tests.EndToEnd.Settlement;

/// <summary>A provider paid by channel: captured in the ledger, promised by vouchers, charged on the development chain.</summary>
public sealed class ChannelTests
{
    private const string Client = "acct-test";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly TonAddress _payee = SettlingSilo.NewAddress();

    [SkippableFact]
    public async Task Channel_ProviderEarns_IsToppedUpPromisedAndPaidOnTheChain()
    {
        await using SettlingSilo silo = await StartAsync();
        ChildProcess process = await silo.StartSiloAsync();
        WorkerChannel channel = Assert.Single(await silo.Ledger.ListChannelsAsync(default));
        byte[][] receipts = [await EarnAsync(silo, 1_000_000_000), await EarnAsync(silo, 500_000_001)];
        Nano earned = await silo.BookedAsync(SettlingSilo.Provider);

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
        Assert.Equal(Nano.Zero, await silo.BookedAsync(SettlingSilo.Provider));
        ChannelState state = ChannelState.Read((await silo.Chain.First.GetAccountAsync(TonAddress.ParseRaw(channel.Channel), null, default)).Data!);
        await silo.SettleAsync();
        Assert.Equal(state.Claimed - state.Deposited, await silo.BookedAsync(WellKnownAccounts.ChainChannels));

        // Killed; more is earned meanwhile: promised and paid from where it was.
        await silo.KillAsync(process);
        await EarnAsync(silo, 2_000_000_000);
        Nano more = await silo.BookedAsync(SettlingSilo.Provider);
        await silo.StartSiloAsync();
        Assert.Equal(channel.Channel, Assert.Single(await silo.Ledger.ListChannelsAsync(default)).Channel);
        await ClaimedAsync(silo, channel, earned + more);
        Assert.InRange((await silo.ReceivedAsync(_payee)).Value, earned.Value + more.Value - 2_000_000, earned.Value + more.Value);
        await silo.SettleAsync();
    }

    [SkippableFact]
    public async Task Channel_ChainAwayAndBytesLost_EndsWithLedgerVouchersAndChainEqual()
    {
        await using SettlingSilo silo = await StartAsync();
        await silo.StartSiloAsync();
        WorkerChannel channel = Assert.Single(await silo.Ledger.ListChannelsAsync(default));
        Nano earned = Nano.Zero;
        for (int round = 0; round < 4; round++)
        {
            await silo.Chain.DevAsync("dev_drop", new { address = silo.WalletAddress, times = 2 });
            await silo.Chain.DevAsync("dev_fail", new { endpoint = (round % 2) + 1, status = 503, times = 6 });
            await silo.Chain.DevAsync("dev_stale", new { endpoint = 2 - (round % 2), blocks = 2, times = 4 });
            await silo.Chain.DevAsync("dev_duplicate", new { times = 3 });
            await EarnAsync(silo, 1_200_000_000 + round);
            earned += await silo.BookedAsync(SettlingSilo.Provider);
            await ClaimedAsync(silo, channel, earned);
        }

        await silo.SettleAsync();
        Assert.Equal(earned, (await silo.Ledger.FindVoucherAsync(channel.Channel, default))!.Cumulative);
        Assert.Equal(Nano.Zero, await silo.BookedAsync(SettlingSilo.Provider));
        Assert.InRange((await silo.ReceivedAsync(_payee)).Value, earned.Value - 4_000_000, earned.Value);
    }

    private async Task<SettlingSilo> StartAsync()
    {
        using var key = new SigningKey(RandomNumberGenerator.GetBytes(32));
        SettlingSilo silo = await SettlingSilo.StartAsync(
            coins: 100,
            $"--Channels:Providers:{SettlingSilo.Provider}:Address={_payee}",
            $"--Channels:Providers:{SettlingSilo.Provider}:Key={key.PublicKey}",
            "--Channels:VoucherDelay=00:00:01",
            "--Channels:CloseDelay=00:01:00");
        await silo.Ledger.ExecuteAsync(
            [
                new CreateAccount(Client, AccountClass.Client, ""),
                new Transfer(Guid.NewGuid(), WellKnownAccounts.Treasury, Client, Nano.FromCoins(50), "funds of a test"),
            ],
            default);
        return silo;
    }

    /// <summary>A job of the provider, held and captured as every one is.</summary>
    /// <returns>SHA-256 of its usage receipt.</returns>
    private static async Task<byte[]> EarnAsync(SettlingSilo silo, long charge)
    {
        Guid job = Guid.CreateVersion7();
        byte[] receipt = SHA256.HashData(job.ToByteArray());
        var price = new TokenPrices(new Nano(1), new Nano(1), new Nano(1), new Nano(1));
        IReadOnlyList<LedgerResult> results = await silo.Ledger.ExecuteAsync(
            [
                new PlaceHold
                {
                    JobId = job,
                    AccountId = Client,
                    ApiKeyId = null,
                    Amount = new Nano(charge),
                    ExpiresAt = DateTimeOffset.MaxValue,
                    RequestHash = new byte[32],
                    Model = "house",
                    PromptTokens = 1,
                    MaxCompletionTokens = 1,
                    PriceCap = price,
                },
                new CaptureHold
                {
                    JobId = job,
                    ProviderAccountId = SettlingSilo.Provider,
                    WorkerId = "worker",
                    Prices = price,
                    Usage = new TokenUsage(1, 0, 1, 0),
                    Amount = new Nano(charge),
                    Status = CompletionStatus.Complete,
                    ReportHash = receipt,
                },
            ],
            default);
        Assert.IsType<HoldCaptured>(results[1]);
        return receipt;
    }

    private static async Task<StoredVoucher> VoucherAsync(SettlingSilo silo, WorkerChannel channel, Nano cumulative) => (await Eventually.SeeAsync<StoredVoucher?>(
        $"a voucher of {cumulative} nano", async () => await silo.Ledger.FindVoucherAsync(channel.Channel, default), voucher => voucher?.Cumulative == cumulative, Deadline))!;

    private static Task ClaimedAsync(SettlingSilo silo, WorkerChannel channel, Nano amount) => Eventually.SeeAsync<WorkerChannel?>(
        $"{amount} nano claimed", async () => await silo.Ledger.FindChannelAsync(channel.Channel, default), seen => seen?.State.Claimed == amount, Deadline);
}
