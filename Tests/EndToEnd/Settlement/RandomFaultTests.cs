using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Providers;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using Xunit.Abstractions;

namespace CocoonOrleans.Tests.EndToEnd.Settlement;

/// <summary>
/// Payouts, and jobs paid by vouchers and by transfers, under faults and kills drawn by a seed: nothing is lost, nothing is paid twice, and ledger, vouchers and
/// chain end equal.
/// </summary>
public sealed class RandomFaultTests(ITestOutputHelper output)
{
    private const string Client = "acct-random";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    /// <summary>Some 40 payments, or 1,000 in the long run. The history that is printed is the same for the same seed.</summary>
    [SkippableFact, Trait(LongRun.Trait, LongRun.Category)]
    public async Task Settlement_RandomFaultsAndKills_EndsWithLedgerVouchersAndChainEqual()
    {
        int seed = LongRun.Seed(Random.Shared.Next());
        output.WriteLine($"COCOON_SEED={seed}");
        var plan = new FaultPlan(seed, LongRun.Rounds(usually: 8, ifLong: 200));
        await using SettlingSilo silo = await SettlingSilo.StartAsync(
            coins: 10_000,
            "--Wallets:BatchSize=7",
            "--Wallets:Validity=00:00:30",
            "--Wallets:ExpiryMargin=00:00:10",
            "--Chain:MaxClockDifference=00:01:00",
            "--Channels:VoucherDelay=00:00:01",
            "--Channels:LeastDepositNano=10000000000");
        using var byChannel = new SigningKey(RandomNumberGenerator.GetBytes(32));
        using var byTransfer = new SigningKey(RandomNumberGenerator.GetBytes(32));
        await silo.OrderAsync(byChannel, new PayoutTerms(plan.ChannelAddress, Nano.FromCoins(1)));
        await silo.OrderAsync(byTransfer, new PayoutTerms(plan.TransferAddress, PayoutTerms.LeastTransfer, ByTransfer: true));
        await silo.Ledger.ExecuteAsync(
            [
                new CreateAccount(Client, AccountClass.Client, ""),
                new Transfer(Guid.NewGuid(), WellKnownAccounts.Treasury, Client, Nano.FromCoins(10_000), "funds of a test"),
            ],
            default);
        (string channelProvider, string transferProvider) = (ProviderId.Of(byChannel.PublicKey), ProviderId.Of(byTransfer.PublicKey));
        ChildProcess process = await silo.StartSiloAsync();
        foreach (FaultPlan.Step step in plan.Steps)
        {
            await BreakAsync(silo, step.Fault);
            PlaceIntent[] batch = new PlaceIntent[step.Payouts.Count];
            for (int i = 0; i < batch.Length; i++)
            {
                await silo.EarnAsync(step.Payouts[i].Amount);
                batch[i] = silo.Payout(plan.PayeeAddresses[step.Payouts[i].Payee], step.Payouts[i].Amount, step.Payouts[i].Id);
            }

            // Twice, as who was told nothing does.
            for (int time = 0; time < 2; time++)
            {
                await silo.Ledger.ExecuteAsync(batch, default);
                foreach (FaultPlan.Job job in step.Jobs)
                {
                    await silo.ServeAsync(job.Id, Client, job.ByChannel ? channelProvider : transferProvider, job.Amount);
                }
            }

            if (step.Kills)
            {
                await silo.KillAsync(process);
                await silo.Chain.DevAsync("dev_release", new { });
                process = await StartAgainAsync(silo);
            }
        }

        await silo.Chain.DevAsync("dev_release", new { });
        await silo.Chain.DevAsync("dev_clear", new { });
        foreach (FaultPlan.Payout payout in plan.Steps.SelectMany(step => step.Payouts))
        {
            await silo.WaitAsync(payout.Id, IntentState.Delivered);
        }

        // Enough that what is due by transfer leaves too.
        Nano last = Nano.FromCoins(1);
        await silo.ServeAsync(new Guid(SHA256.HashData(BitConverter.GetBytes(seed)).AsSpan(0, 16)), Client, transferProvider, last);
        ProviderEarnings transferred = (await silo.Ledger.ReadEarningsAsync(transferProvider, 1, default))!;
        await Eventually.SeeAsync("paid by transfers", () => ReceivedAsync(silo, plan.TransferAddress), seen => seen == transferred.Earned, Deadline);
        ProviderEarnings promised = await Eventually.SeeAsync(
            "all promised by voucher",
            async () => (await silo.Ledger.ReadEarningsAsync(channelProvider, 1, default))!,
            seen => seen.Voucher?.Cumulative == seen.Earned && seen.Earned - seen.Charged < Nano.FromCoins(1),
            Deadline);
        await silo.SettleAsync();

        // Payouts: each one, once, with its own number.
        List<string> history = [];
        foreach (TonAddress address in plan.PayeeAddresses)
        {
            history.AddRange((await HistoryAsync(silo, address)).Select(transaction => Line(address, transaction.InMessage!.Value, TextComment.Find(transaction.InMessage.Body))));
        }

        Assert.Equal(
            plan.Steps.SelectMany(step => step.Payouts)
                .Select(payout => Line(plan.PayeeAddresses[payout.Payee], payout.Amount, string.Create(CultureInfo.InvariantCulture, $"payout {PlaceIntent.QueryIdOf(payout.Id)}")))
                .Order(StringComparer.Ordinal),
            history.Order(StringComparer.Ordinal));
        Assert.Equal(Nano.Zero, await silo.BookedAsync(WellKnownAccounts.PayoutsInFlight));
        Assert.Equal(Nano.Zero, await silo.BookedAsync(SettlingSilo.Provider));
        Assert.Equal(Nano.Zero, await silo.BookedAsync(transferProvider));

        // Vouchers: the book owes what they promise and the chain hasn't paid.
        ChannelState state = ChannelState.Read((await silo.Chain.First.GetAccountAsync(TonAddress.ParseRaw(promised.Channel!.Channel), null, default)).Data!);
        Assert.Equal(promised.Earned - state.Claimed, await silo.BookedAsync(channelProvider));
        Assert.Equal(state.Claimed - state.Deposited, await silo.BookedAsync(WellKnownAccounts.ChainChannels));
        IReadOnlyList<Transaction> charges = await HistoryAsync(silo, plan.ChannelAddress);
        Nano charged = charges.Aggregate(Nano.Zero, (sum, transaction) => sum + transaction.InMessage!.Value);
        Assert.InRange((state.Claimed - charged).Value, 0, charges.Count * 1_000_000L);

        history.Add(Line(plan.ChannelAddress, promised.Voucher!.Cumulative, "voucher"));
        history.Add(Line(plan.TransferAddress, transferred.Earned, "transfers"));
        output.WriteLine($"{plan.Steps.Sum(step => step.Payouts.Count + step.Jobs.Count)} payments, {plan.Steps.Count(step => step.Kills)} kills, {charges.Count} charges");
        output.WriteLine($"history={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', history.Order(StringComparer.Ordinal)))))}");
    }

    /// <summary>A silo refuses to start while no endpoint answers, so whoever watches it starts it again.</summary>
    private static async Task<ChildProcess> StartAgainAsync(SettlingSilo silo)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await silo.StartSiloAsync();
            }
            catch (CommandFailedException) when (attempt < 10)
            {
                // Each attempt uses up some of the faults.
            }
        }
    }

    private static async Task BreakAsync(SettlingSilo silo, FaultPlan.Fault fault)
    {
        // Never so far from ours that a silo refuses to start.
        if (fault.Method == "dev_now"
            && (await silo.Chain.DevAsync("dev_now", new { })).GetProperty("now").GetInt64() - TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() > 5)
        {
            return;
        }

        Dictionary<string, object> parameters = fault.Parameters.ToDictionary(pair => pair.Key, pair => (object)pair.Value);
        if (fault.OfWallet)
        {
            parameters["address"] = silo.WalletAddress;
        }

        await silo.Chain.DevAsync(fault.Method, parameters);
    }

    private static string Line(TonAddress address, Nano amount, string? what) => $"{address} {amount} {what}";

    private static async Task<Nano> ReceivedAsync(SettlingSilo silo, TonAddress address) =>
        (await HistoryAsync(silo, address)).Aggregate(Nano.Zero, (sum, transaction) => sum + transaction.InMessage!.Value);

    /// <summary>All transactions of an address, however many pages they are.</summary>
    private static async Task<IReadOnlyList<Transaction>> HistoryAsync(SettlingSilo silo, TonAddress address)
    {
        const int page = 100;
        List<Transaction> all = [];
        TransactionId? next = null;
        while (true)
        {
            IReadOnlyList<Transaction> read = await silo.Chain.First.GetTransactionsAsync(address, next, page, default);
            all.AddRange(read);
            if (read.Count < page || read[^1].PreviousLt == 0)
            {
                return all;
            }

            next = new TransactionId(read[^1].PreviousLt, read[^1].PreviousHash);
        }
    }
}
