using System.Globalization;
using System.Text.Json;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Tests.EndToEnd.Settlement;

/// <summary>What a provider does by commands, over a gateway and a silo, on the development chain.</summary>
public sealed class ProviderTests
{
    [SkippableFact]
    public async Task Charge_ByTheProvidersOwnLink_PaysItAndTheBooksSeeIt()
    {
        await using SettlingNetwork network = await SettlingNetwork.StartAsync();
        await network.EarnAsync();
        JsonElement earnings = await network.EarningsAsync("a voucher of all that was earned", seen => Amount(seen, "promisedNano") > 0 && Amount(seen, "promisedNano") == Amount(seen, "dueNano"));
        long earned = Amount(earnings, "earnedNano");
        Assert.Equal((network.Provider, 0L, 1), (earnings.GetProperty("providerId").GetString(), Amount(earnings, "chargedNano"), earnings.GetProperty("days").GetArrayLength()));

        // Below the threshold the operator charges nothing; the worker has kept the voucher, and the link says the same.
        JsonElement charge = await network.WorkerAsync("charge");
        var channel = TonAddress.ParseRaw(charge.GetProperty("channel").GetString());
        string kept = Path.Combine(network.Network.Data.Path, "worker-1", "vouchers", $"{channel.Account}.json");
        await Networks.Eventually.SeeAsync("the voucher with the worker", () => File.Exists(kept), seen => seen, TimeSpan.FromSeconds(30));
        JsonElement alone = await network.WorkerAsync("charge", "--voucher", kept);
        Assert.Equal((earned, earned), (Amount(charge, "cumulativeNano"), Amount(alone, "cumulativeNano")));
        Assert.StartsWith($"ton://transfer/{channel.ToFriendlyString(testOnly: true)}?amount={Amount(alone, "amountNano")}&bin=", alone.GetProperty("link").GetString(), StringComparison.Ordinal);

        await network.SendAsStrangerAsync(channel, new Nano(Amount(alone, "amountNano")), Boc.Parse(alone.GetProperty("body").GetBytesFromBase64()));

        Assert.Equal(new Nano(earned - 400_000), await network.ReceivedAsync(network.Place.PayoutAddress));
        earnings = await network.EarningsAsync("nothing due", seen => Amount(seen, "dueNano") == 0);
        Assert.Equal((earned, 0L), (Amount(earnings, "chargedNano"), Amount(earnings, "promisedNano")));
        Assert.Equal(earned, Amount(earnings.GetProperty("days")[0], "chargedNano"));
        await StatementAsync(network, earnings.GetProperty("days")[0].GetProperty("day").GetString()!, earned);
    }

    /// <summary>The day's statement is signed by the operator, adds up, and can't be changed.</summary>
    private static async Task StatementAsync(SettlingNetwork network, string day, long earned)
    {
        string file = Path.Combine(network.Network.Data.Path, "day.csv");
        await network.WorkerAsync("earnings", "--day", day, "--save", file);
        string[] keys = ["--provider", network.Provider, "--operator", network.Place.VoucherKey.ToString()];
        var (exitCode, output, error) = await Commands.Cocoon.RunAsync(["verify", "statement", file, .. keys, "--json"]);
        Assert.True(exitCode == 0, error);
        JsonElement report = Commands.Cocoon.Json(output);
        Assert.Equal(
            ("accept", 1, earned, earned, 0L),
            (report.GetProperty("verdict").GetString(), report.GetProperty("jobs").GetInt32(), Amount(report, "earnedNano"), Amount(report, "chargedNano"), Amount(report, "dueNano")));

        string text = await File.ReadAllTextAsync(file);
        Assert.Equal(network.Network.Ledger.Jobs().Single(job => job.State == "captured").JobId.ToString(), text.Split("job,")[2].Split(',')[0]);

        // What was paid names its transaction, which the chain has.
        string[] paid = text.Split('\n').Last(line => line.StartsWith("charge,", StringComparison.Ordinal)).Split(',');
        Assert.Contains(
            await network.Chain.GetTransactionsAsync(TonAddress.ParseRaw(paid[3]), null, 100, default),
            transaction => (transaction.Lt.ToString(System.Globalization.CultureInfo.InvariantCulture), transaction.Hash.ToString()) == (paid[4], paid[5]));
        await File.WriteAllTextAsync(file, text.Replace($",{earned},", $",{earned + 1},", StringComparison.Ordinal));
        Assert.Equal(1, (await Commands.Cocoon.RunAsync(["verify", "statement", file, .. keys, "--json"])).ExitCode);
    }

    [SkippableFact]
    public async Task Payout_AnotherAddress_OldChannelIsChargedAndClosedAndTheNextOnePaysThere()
    {
        await using SettlingNetwork network = await SettlingNetwork.StartAsync("--Providers:AddressDelay=00:00:00", "--Providers:OrderInterval=00:00:00", "--Channels:CloseDelay=00:01:00");
        await network.EarnAsync();
        string old = await network.OpenChannelAsync();
        JsonElement first = await network.EarningsAsync("a voucher", seen => Amount(seen, "promisedNano") > 0);
        long earned = Amount(first, "earnedNano");
        TonAddress elsewhere = SettlingSilo.NewAddress();

        JsonElement ordered = await network.WorkerAsync("payout", elsewhere.ToString(), "--threshold", "2.5");

        Assert.Equal((elsewhere.ToString(), 2_500_000_000L), (ordered.GetProperty("payout").GetProperty("address").GetString(), Amount(ordered.GetProperty("payout"), "thresholdNano")));
        await network.ChannelAsync("the old channel charged and closing", old, seen => seen.State.Phase == WorkerChannelPhase.Closing && seen.State.Claimed == new Nano(earned));
        Assert.Equal(new Nano(earned - 400_000), await network.ReceivedAsync(network.Place.PayoutAddress));
        await network.AdvanceAsync(TimeSpan.FromSeconds(61));
        await network.ChannelAsync("the old channel closed", old, seen => seen.State.Phase == WorkerChannelPhase.Closed);

        // What is earned from now on is paid there, over another channel.
        await network.EarnAsync();
        string next = await network.OpenChannelAsync();
        Assert.NotEqual(old, next);
        await Networks.Eventually.SeeAsync("a charge", () => network.Network.Admin.ChargeAsync(network.Provider, default), seen => seen == next, TimeSpan.FromSeconds(60));
        JsonElement last = await network.EarningsAsync("nothing due", seen => Amount(seen, "dueNano") == 0);
        Assert.Equal(new Nano(Amount(last, "earnedNano") - earned - 400_000), await network.ReceivedAsync(elsewhere));
        Assert.Equal(Amount(last, "earnedNano"), Amount(last, "chargedNano"));
    }

    [SkippableFact]
    public async Task Keeper_WorkWithoutAVoucher_PausesTheWorkerUntilThereIsOne()
    {
        await using SettlingNetwork network = await SettlingNetwork.StartAsync("--Channels:VoucherDelay=01:00:00", "--Channels:VoucherDueNano=1000000000");
        string[] keeper = ["keeper", "--worker", Path.Combine(network.Network.Data.Path, "worker-1"), "--chain", network.Place.Endpoint(1).ToString(), "--limit", "0.005", "--once"];
        JsonElement quiet = await network.WorkerAsync(keeper);
        Assert.Equal((0L, false, 0), (Amount(quiet, "dueNano"), quiet.GetProperty("paused").GetBoolean(), quiet.GetProperty("problems").GetArrayLength()));
        await network.EarnAsync();
        await network.OpenChannelAsync();

        // The operator signs nothing: the worker finishes what it runs and takes no more.
        JsonElement alarmed = await network.WorkerFailsAsync(keeper);
        Assert.True(alarmed.GetProperty("paused").GetBoolean());
        Assert.Contains("have no voucher", alarmed.GetProperty("problems")[0].GetString(), StringComparison.Ordinal);
        await network.Network.OffersAsync(0);

        // It signs, and charges; what is paid isn't unpromised either.
        string? channel = await network.Network.Admin.ChargeAsync(network.Provider, default);
        JsonElement calm = await Networks.Eventually.SeeAsync("calm", () => network.WorkerAnyAsync(keeper), seen => !seen.GetProperty("paused").GetBoolean(), TimeSpan.FromSeconds(60));
        Assert.Equal(channel, Assert.Single(calm.GetProperty("vouchers").EnumerateArray()).GetProperty("channel").GetString());
        await network.Network.OffersAsync(1);

        // The chain is silent: the voucher is still here, and the worker goes on.
        await network.SilenceChainAsync();
        JsonElement silent = await network.WorkerFailsAsync(keeper);
        Assert.False(silent.GetProperty("paused").GetBoolean());
        Assert.Contains("The chain says nothing of channel", Assert.Single(silent.GetProperty("problems").EnumerateArray()).GetString(), StringComparison.Ordinal);
        await network.HearChainAsync();

        // A voucher that nobody signed, and one of a channel that isn't there, are told.
        string kept = calm.GetProperty("vouchers")[0].GetProperty("file").GetString()!;
        string folder = Path.Combine(network.Network.Data.Path, "worker-1", "vouchers");
        JsonElement good = JsonElement.Parse(await File.ReadAllTextAsync(kept));
        byte[] forged = good.GetProperty("voucher").GetBytesFromBase64();
        forged[^1] ^= 1;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "forged.json"), JsonSerializer.Serialize(new { channel = good.GetProperty("channel").GetString(), serial = 9, voucher = forged }));
        JsonElement told = await network.WorkerFailsAsync(keeper);
        Assert.Contains("is not signed by its payer", Assert.Single(told.GetProperty("problems").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.False(told.GetProperty("paused").GetBoolean());
    }

    [SkippableFact]
    public async Task Close_Together_PaysAtOnceAndReturnsTheRestToTheOperator()
    {
        await using SettlingNetwork network = await SettlingNetwork.StartAsync();
        await network.EarnAsync();
        string channel = await network.OpenChannelAsync();
        JsonElement earnings = await network.EarningsAsync("a voucher", seen => Amount(seen, "promisedNano") > 0);

        JsonElement closed = await network.WorkerAsync("close");

        Assert.Equal((channel, Amount(earnings, "earnedNano")), (closed.GetProperty("channel").GetString(), Amount(closed, "cumulativeNano")));
        WorkerChannel seen = await network.ChannelAsync("the channel closed", channel, seen => seen.State.Phase == WorkerChannelPhase.Closed);
        Assert.Equal(new Nano(Amount(earnings, "earnedNano")), seen.State.Claimed);
        Assert.Equal(new Nano(Amount(earnings, "earnedNano") - 400_000), await network.ReceivedAsync(network.Place.PayoutAddress));
        await EverythingBackAsync(network);
    }

    [SkippableFact]
    public async Task Close_ProviderGone_OperatorGetsTheRestAfterTheDelay()
    {
        await using SettlingNetwork network = await SettlingNetwork.StartAsync("--Channels:CloseDelay=00:01:00");
        await network.EarnAsync();
        string channel = await network.OpenChannelAsync();
        Nano earned = await network.BookedAsync(network.Provider);

        Assert.True(await network.Network.Admin.LeaveAsync(network.Provider, default));

        // In the delay all that was promised is charged, though nobody asks for it.
        await network.ChannelAsync("charged and closing", channel, seen => seen.State.Phase == WorkerChannelPhase.Closing && seen.State.Claimed == earned);
        Assert.Equal(new Nano(earned.Value - 400_000), await network.ReceivedAsync(network.Place.PayoutAddress));
        await network.AdvanceAsync(TimeSpan.FromSeconds(30));
        await network.AdvanceAsync(TimeSpan.FromSeconds(31));
        await network.ChannelAsync("closed", channel, seen => seen.State.Phase == WorkerChannelPhase.Closed);
        await EverythingBackAsync(network);
        Assert.False(await network.Network.Admin.LeaveAsync(network.Provider, default));
    }

    /// <summary>The operator has all but what was paid and the fees; and its books say so to the nano.</summary>
    private static async Task EverythingBackAsync(SettlingNetwork network)
    {
        await Networks.Eventually.SeeAsync(
            "the books as the chain",
            async () => (OnChain: await network.BalanceAsync(network.Place.OperatorWallet), Booked: await network.BookedAsync("chain-operator")),
            seen => seen.OnChain + seen.Booked == Nano.Zero && seen.OnChain.Value > 999_800_000_000,
            TimeSpan.FromSeconds(60));
    }

    private static long Amount(JsonElement json, string name) => long.Parse(json.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
