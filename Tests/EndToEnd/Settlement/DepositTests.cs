using System.Security.Cryptography;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Deposits;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Accounts;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Tests.EndToEnd.Settlement;

/// <summary>Clients' deposits on the development chain, and what looks like one.</summary>
public sealed class DepositTests : IDisposable
{
    private const string Client = "acct-test";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly SigningKey _key = new(RandomNumberGenerator.GetBytes(32));

    public void Dispose() => _key.Dispose();

    [SkippableFact]
    public async Task Deposit_OddLateAndRepeated_IsCreditedAsItArrived()
    {
        await using SettlingSilo silo = await StartAsync();
        await silo.StartSiloAsync();
        await DeployedAsync(silo);
        string memo = await MemoAsync(silo);
        WalletV5R1 payer = await silo.Chain.FundedWalletAsync(_key, 500);

        await PayAsync(silo, payer, new Nano(1_234_567_891), TextComment.ToCell(memo));
        await PayAsync(silo, payer, new Nano(1_234_567_891), TextComment.ToCell(memo));
        await silo.Chain.DevAsync("dev_now", new { advance = 86_400 });
        await PayAsync(silo, payer, new Nano(100_000_003), TextComment.ToCell($" {memo.ToLowerInvariant()} "));

        await CreditedAsync(silo, new Nano(1_234_567_891 * 2L + 100_000_003));
        await silo.SettleAsync();
        Assert.Equal(3, (await silo.Deposits.ListDepositsAsync(Client, onlySuspense: false, 10, default)).Count);
    }

    [SkippableFact]
    public async Task Deposit_LookAlikes_NotCredited()
    {
        await using SettlingSilo silo = await StartAsync();
        await silo.StartSiloAsync();
        await DeployedAsync(silo);
        string memo = await MemoAsync(silo);
        WalletV5R1 payer = await silo.Chain.FundedWalletAsync(_key, 500);
        Nano coins = Nano.FromCoins(2);

        // A notice of a jetton with the memo as its text, a call, an unknown memo, none, an encrypted one, dust, more than an account may have, the operator's own.
        Cell jetton = new CellBuilder().StoreUInt(0x7362d09c, 32).StoreUInt(1, 64).StoreCoins(coins).StoreAddress(payer.Address).StoreReference(TextComment.ToCell(memo)).Build();
        Cell encrypted = new CellBuilder().StoreUInt(0x2167da4b, 32).StoreBytes(RandomNumberGenerator.GetBytes(64)).Build();
        await PayAsync(silo, payer, coins, jetton);
        await PayAsync(silo, payer, coins, new CellBuilder().StoreUInt(0x12345678, 32).Build());
        await PayAsync(silo, payer, coins, TextComment.ToCell("C-0000000001"));
        await PayAsync(silo, payer, coins, Cell.Empty);
        await PayAsync(silo, payer, coins, encrypted);
        await PayAsync(silo, payer, new Nano(99_999_999), TextComment.ToCell(memo));
        await PayAsync(silo, payer, Nano.FromCoins(101), TextComment.ToCell(memo));
        await PayAsync(silo, payer, coins, TextComment.ToCell(DepositRules.CapitalComment));

        // A payout that bounces is no deposit either: a message of ours comes back with its coins.
        Guid bounced = await silo.PlaceAsync(WalletTests.RefusedTopUp(silo));
        await silo.WaitAsync(bounced, IntentState.Bounced);
        await PayAsync(silo, payer, coins, TextComment.ToCell(memo));
        await CreditedAsync(silo, coins);
        await silo.SettleAsync();

        Assert.Equal(coins, await silo.BookedAsync(Client));
        Assert.Equal(
            [SuspenseReason.UnknownMemo, SuspenseReason.NoMemo, SuspenseReason.Encrypted, SuspenseReason.TooSmall, SuspenseReason.AboveCap],
            (await silo.Deposits.ListDepositsAsync(null, onlySuspense: true, 10, default)).Reverse().Select(deposit => deposit.Reason!.Value));
    }

    [SkippableFact, Trait(LongRun.Trait, LongRun.Category)]
    public async Task Deposit_SeenTwice_CreditedOnce()
    {
        int rounds = LongRun.Rounds(usually: 3, ifLong: 20);
        await using SettlingSilo silo = await StartAsync();
        ChildProcess process = await silo.StartSiloAsync();
        await DeployedAsync(silo);
        string memo = await MemoAsync(silo);
        WalletV5R1 payer = await silo.Chain.FundedWalletAsync(_key, 500);
        Nano sum = Nano.Zero;

        // Killed at some moment between seeing and crediting, again and again; two silos at once; rows told twice by both endpoints, one of which lags.
        for (int round = 0; round < rounds; round++)
        {
            await silo.Chain.DevAsync("dev_duplicate", new { times = 20 });
            await silo.Chain.DevAsync("dev_stale", new { endpoint = (round % 2) + 1, blocks = 1, times = 3 });
            var amount = new Nano(1_000_000_000 + round);
            await PayAsync(silo, payer, amount, TextComment.ToCell(memo));
            sum += amount;
            await silo.KillAsync(process);
            if (round % 2 == 0)
            {
                await PayAsync(silo, payer, amount, TextComment.ToCell(memo));
                sum += amount;
            }

            process = await silo.StartSiloAsync();
        }

        await silo.StartSiloAsync();
        await CreditedAsync(silo, sum);
        await silo.SettleAsync();
        Assert.Equal(rounds + ((rounds + 1) / 2), (await silo.Deposits.ListDepositsAsync(Client, onlySuspense: false, 100, default)).Count);
    }

    [SkippableFact]
    public async Task Deposit_ToldByOneEndpointOnly_IsNotCreditedAboveTheQuorum()
    {
        await using SettlingSilo silo = await StartAsync();
        ChildProcess process = await silo.StartSiloAsync();
        await DeployedAsync(silo);
        string memo = await MemoAsync(silo);
        WalletV5R1 payer = await silo.Chain.FundedWalletAsync(_key, 500);

        // Six coins call for two witnesses, and the second one is away.
        await silo.Chain.DevAsync("dev_fail", new { endpoint = 2, status = 503, times = 100_000 });
        await PayAsync(silo, payer, Nano.FromCoins(6), TextComment.ToCell(memo));
        await Eventually.SeeAsync("the refusal in the log", () => silo.LogOf(process), log => log.Contains("could not be looked at", StringComparison.Ordinal), Deadline);
        Assert.Equal(Nano.Zero, await silo.BookedAsync(Client));

        await silo.Chain.DevAsync("dev_clear", new { });
        await CreditedAsync(silo, Nano.FromCoins(6));
        await silo.SettleAsync();
    }

    [SkippableFact]
    public async Task Refund_OfWhatWaits_ReachesTheAddressThatWasGiven()
    {
        await using SettlingSilo silo = await StartAsync();
        await silo.StartSiloAsync();
        await DeployedAsync(silo);
        WalletV5R1 payer = await silo.Chain.FundedWalletAsync(_key, 500);
        await PayAsync(silo, payer, Nano.FromCoins(3), TextComment.ToCell("who am I?"));
        Deposit deposit = (await Eventually.SeeAsync(
            "a deposit in suspense", () => silo.Deposits.ListDepositsAsync(null, onlySuspense: true, 10, default), waiting => waiting.Count == 1, Deadline))[0];
        var destination = SettlingSilo.NewAddress();

        Assert.IsType<DepositSettled>(Assert.Single(await silo.Ledger.ExecuteAsync(
            [new RefundDeposit(deposit.Sequence, destination.ToString(), Boc.Write(TextComment.ToCell("refund")))], default)));

        await silo.WaitAsync(RefundDeposit.IntentIdOf(deposit.Sequence), IntentState.Delivered);
        Assert.Equal(Nano.FromCoins(3), await silo.ReceivedAsync(destination));
        await silo.SettleAsync();
    }

    private static Task<SettlingSilo> StartAsync() => SettlingSilo.StartAsync(coins: 20, "--Deposits:Accept=true");

    /// <summary>The wallet deploys itself, so that its address can be shown.</summary>
    private static Task DeployedAsync(SettlingSilo silo) => Eventually.SeeAsync(
        "a deployed wallet", () => silo.Chain.SeqnoAsync(silo.Wallet.Address), seqno => seqno == 1, Deadline);

    private static async Task<string> MemoAsync(SettlingSilo silo) => Assert.IsType<DepositMemoGiven>((await silo.Ledger.ExecuteAsync(
        [new CreateAccount(Client, AccountClass.Client, ""), new CreateDepositMemo(Client, DepositMemo.Create())], default))[1]).Memo;

    private async Task PayAsync(SettlingSilo silo, WalletV5R1 payer, Nano amount, Cell body)
    {
        uint seqno = await silo.Chain.SeqnoAsync(payer.Address);
        await silo.Chain.SendAsync(payer, _key, new OutgoingMessage(silo.Wallet.Address, amount, body, Bounce: false));
        await Eventually.SeeAsync("the payment", () => silo.Chain.SeqnoAsync(payer.Address), seen => seen > seqno, Deadline);
    }

    private static Task CreditedAsync(SettlingSilo silo, Nano amount) =>
        Eventually.SeeAsync($"{amount} nano on the account", () => silo.BookedAsync(Client), booked => booked == amount, Deadline);
}
