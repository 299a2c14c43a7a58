using CocoonOrleans.Cli.Cluster;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Tests.EndToEnd.Settlement;

/// <summary>A silo's wallet on the development chain, with everything that may go wrong between storing, sending and knowing.</summary>
public sealed class WalletTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public async Task Wallet_PayoutsAndTopUp_ArriveAndAreInTheBooksToTheNano()
    {
        await using SettlingSilo silo = await SettlingSilo.StartAsync(coins: 100);
        await silo.StartSiloAsync();
        (TonAddress Address, Nano Amount)[] payees = [.. Enumerable.Range(1, 3).Select(i => (SettlingSilo.NewAddress(), new Nano(1_234_567_891L * i)))];
        List<Guid> payouts = [];
        foreach ((TonAddress address, Nano amount) in payees)
        {
            payouts.Add(await silo.PayAsync(address, amount));
        }

        ChannelTerms terms = NewChannel(silo);
        Guid topUp = await silo.PlaceAsync(TopUp(silo, terms, Nano.FromCoins(6), new Nano(100_000_000)));

        Intent deposited = await silo.WaitAsync(topUp, IntentState.Delivered);
        foreach (Guid payout in payouts)
        {
            await silo.WaitAsync(payout, IntentState.Delivered);
        }

        Assert.Equal(0, deposited.ExitCode);
        foreach ((TonAddress address, Nano amount) in payees)
        {
            Assert.Equal(amount, await silo.ReceivedAsync(address));
        }

        ChannelState channel = ChannelState.Read((await silo.Chain.First.GetAccountAsync(terms.Address, null, default)).Data!);
        Assert.Equal((Nano.FromCoins(6), terms), (channel.Deposited, channel.Terms));
        await silo.SettleAsync();
        Assert.Equal(Nano.Zero, await silo.BookedAsync(SettlingSilo.Provider));
        Assert.Equal(Nano.Zero, await silo.BookedAsync(WellKnownAccounts.PayoutsInFlight));
        Assert.Equal(-Nano.FromCoins(6), await silo.BookedAsync(WellKnownAccounts.ChainChannels));

        // Placed again: the same, and nothing more moves.
        Assert.Equal(payouts[0], (await silo.ReadAsync(payouts[0])).IntentId);
    }

    [SkippableFact]
    public async Task Wallet_KilledAnywhere_SendsOnce()
    {
        await using SettlingSilo silo = await SettlingSilo.StartAsync(coins: 100);
        TonAddress payee = SettlingSilo.NewAddress();
        Nano amount = Nano.FromCoins(2);

        // Killed between storing and sending, as the chain sees it: it never got the bytes.
        await silo.Chain.DevAsync("dev_drop", new { address = silo.WalletAddress, times = 100_000 });
        ChildProcess process = await silo.StartSiloAsync();
        Guid first = await silo.PayAsync(payee, amount);
        await silo.WaitAsync(first, IntentState.Signed);
        byte[] stored = (await silo.Store.FindOpenSendAsync(silo.WalletAddress, default))!.Message.ToArray();
        await silo.KillAsync(process);
        await silo.Chain.DevAsync("dev_clear", new { });
        Assert.Equal(Nano.Zero, await silo.ReceivedAsync(payee));
        process = await silo.StartSiloAsync();
        Intent sent = await silo.WaitAsync(first, IntentState.Delivered);
        Assert.Equal(amount, await silo.ReceivedAsync(payee));

        // The same bytes: the transaction's body is the one that was stored.
        Assert.Equal(Message.Read(Boc.Parse(stored)).Body.Hash, (await RunOfAsync(silo, sent)).InMessage!.Body.Hash);

        // Killed between sending and knowing: the bytes are taken, and run while nobody looks.
        await silo.Chain.DevAsync("dev_hold", new { address = silo.WalletAddress, times = 100_000 });
        Guid second = await silo.PayAsync(payee, amount);
        await silo.WaitAsync(second, IntentState.Signed);
        await Eventually.SeeAsync("bytes held by the chain", async () => await silo.Chain.DevAsync("dev_held", new { }), held => held.GetProperty("held").GetInt32() > 0, Deadline);
        await silo.KillAsync(process);
        await silo.Chain.DevAsync("dev_release", new { });
        await silo.Chain.DevAsync("dev_clear", new { });
        Assert.Equal(amount + amount, await silo.ReceivedAsync(payee));
        Assert.Equal(IntentState.Signed, (await silo.ReadAsync(second)).State);
        await silo.StartSiloAsync();
        await silo.WaitAsync(second, IntentState.Delivered);
        await silo.SettleAsync();
        Assert.Equal(amount + amount, await silo.ReceivedAsync(payee));
        Assert.Equal(2u, await silo.Chain.SeqnoAsync(silo.Wallet.Address));
    }

    [SkippableFact]
    public async Task Send_Dropped_ResentOnce()
    {
        await using SettlingSilo silo = await SettlingSilo.StartAsync(coins: 100);
        await silo.StartSiloAsync();
        TonAddress payee = SettlingSilo.NewAddress();
        await silo.Chain.DevAsync("dev_drop", new { address = silo.WalletAddress, times = 5 });
        await silo.Chain.DevAsync("dev_duplicate", new { address = silo.WalletAddress, times = 5 });

        Guid payout = await silo.PayAsync(payee, Nano.FromCoins(1));

        await silo.WaitAsync(payout, IntentState.Delivered);
        await silo.SettleAsync();
        Assert.Equal(Nano.FromCoins(1), await silo.ReceivedAsync(payee));
        Assert.Equal(1u, await silo.Chain.SeqnoAsync(silo.Wallet.Address));
        Assert.Equal(2, await silo.Store.NextAttemptAsync(silo.WalletAddress, 0, default));
    }

    [SkippableFact]
    public async Task Send_LostUntilItExpires_IsSignedAnewAndTheOldBytesAreVoid()
    {
        await using SettlingSilo silo = await SettlingSilo.StartAsync(coins: 100);
        await silo.StartSiloAsync();
        TonAddress payee = SettlingSilo.NewAddress();
        await silo.Chain.DevAsync("dev_drop", new { address = silo.WalletAddress, times = 100_000 });
        Guid payout = await silo.PayAsync(payee, Nano.FromCoins(1));
        WalletSend first = (await Eventually.SeeAsync<WalletSend?>(
            "signed bytes", async () => await silo.Store.FindOpenSendAsync(silo.WalletAddress, default), send => send is not null, Deadline))!;

        await silo.Chain.DevAsync("dev_now", new { advance = 125 });
        await Eventually.SeeAsync<WalletSend?>(
            "the second attempt", async () => await silo.Store.FindOpenSendAsync(silo.WalletAddress, default), send => send?.Attempt == 2, Deadline);
        await silo.Chain.DevAsync("dev_clear", new { });
        await silo.WaitAsync(payout, IntentState.Delivered);

        // The first bytes come out of somewhere after all.
        Assert.Equal(
            Ton.Chain.ChainFailure.Refused,
            (await Assert.ThrowsAsync<Ton.Chain.ChainException>(() => silo.Chain.First.SendAsync(Boc.Parse(first.Message.Span), default))).Failure);
        await silo.SettleAsync();
        Assert.Equal(Nano.FromCoins(1), await silo.ReceivedAsync(payee));
    }

    [SkippableFact]
    public async Task Wallet_BalanceTooLow_IntentStaysOpen()
    {
        await using SettlingSilo silo = await SettlingSilo.StartAsync(coins: 6, "--Wallets:MessageReserveNano=0");
        ChildProcess process = await silo.StartSiloAsync();
        TonAddress payee = SettlingSilo.NewAddress();
        await silo.EarnAsync(Nano.FromCoins(6));
        PlaceIntent[] payouts = [silo.Payout(payee, Nano.FromCoins(3)), silo.Payout(payee, Nano.FromCoins(3))];
        await silo.Ledger.ExecuteAsync(payouts, default);

        // Both are signed; the wallet runs, its counter grows, and one of them is left out for want of the fee.
        Intent left = await Eventually.SeeAsync(
            "one message left out", async () => await silo.ReadAsync(payouts[1].IntentId), intent => intent.Skips > 0, Deadline);
        Assert.Equal(IntentState.Waiting, left.State);
        await silo.WaitAsync(payouts[0].IntentId, IntentState.Delivered);
        Assert.Equal(Nano.FromCoins(3), await silo.ReceivedAsync(payee));
        await Eventually.SeeAsync("the lack of coins in the log", () => silo.LogOf(process), log => log.Contains("Send coins to it", StringComparison.Ordinal), Deadline);

        await silo.Chain.GiveAsync(silo.Wallet.Address, 5);
        await silo.WaitAsync(payouts[1].IntentId, IntentState.Delivered);
        await silo.SettleAsync();
        Assert.Equal(Nano.FromCoins(6), await silo.ReceivedAsync(payee));
    }

    [SkippableFact]
    public async Task Wallet_TwoActivations_SendOnce()
    {
        await using SettlingSilo silo = await SettlingSilo.StartAsync(coins: 100, "--Wallets:BatchSize=3");
        await silo.StartSiloAsync();
        await silo.StartSiloAsync();
        await silo.EarnAsync(Nano.FromCoins(20));
        TonAddress payee = SettlingSilo.NewAddress();
        PlaceIntent[] payouts = [.. Enumerable.Range(0, 20).Select(_ => silo.Payout(payee, Nano.FromCoins(1)))];

        await silo.Ledger.ExecuteAsync(payouts, default);

        foreach (PlaceIntent payout in payouts)
        {
            await silo.WaitAsync(payout.IntentId, IntentState.Delivered);
        }

        await silo.SettleAsync();
        Assert.Equal(Nano.FromCoins(20), await silo.ReceivedAsync(payee));
    }

    [SkippableFact]
    public async Task TopUp_RefusedByItsChannel_BouncesAndItsCallerCanReadWhy()
    {
        await using SettlingSilo silo = await SettlingSilo.StartAsync(coins: 100);
        await silo.StartSiloAsync();
        ChannelTerms terms = NewChannel(silo);

        // Carries less than it says and the gas.
        Guid topUp = await silo.PlaceAsync(TopUp(silo, terms, Nano.FromCoins(6), new Nano(10_000_000)));

        Intent bounced = await Eventually.SeeAsync("the end", () => silo.ReadAsync(topUp), intent => intent.EndedAt is not null, Deadline);
        Assert.Equal((IntentState.Bounced, (int)ContractExit.ValueTooLow), (bounced.State, bounced.ExitCode));
        await silo.SettleAsync();
        Assert.Equal(Nano.Zero, await silo.BookedAsync(WellKnownAccounts.ChainChannels));
        Assert.InRange((await silo.BalanceAsync(silo.Wallet.Address)).Value, 99_950_000_000, 99_999_999_999);
    }

    [SkippableFact]
    public async Task Wallet_ChainAwayForAnHour_WaitsAndGoesOn()
    {
        await using SettlingSilo silo = await SettlingSilo.StartAsync(coins: 100);
        ChildProcess process = await silo.StartSiloAsync();
        TonAddress payee = SettlingSilo.NewAddress();

        // The last bytes before it went away are in nobody's block: they expire meanwhile, and come to light again when nobody wants them.
        await silo.Chain.DevAsync("dev_hold", new { address = silo.WalletAddress, times = 100_000 });
        Guid held = await silo.PayAsync(payee, Nano.FromCoins(2));
        await silo.WaitAsync(held, IntentState.Signed);
        await Eventually.SeeAsync(
            "the bytes at both endpoints", async () => (await silo.Chain.DevAsync("dev_held", new { })).GetProperty("held").GetInt32(), seen => seen >= 2, Deadline);
        await silo.Chain.DevAsync("dev_fail", new { status = 503, times = 100_000 });
        Guid payout = await silo.PayAsync(payee, Nano.FromCoins(1));
        await Eventually.SeeAsync("the failure in the log", () => silo.LogOf(process), log => log.Contains("could not be looked at", StringComparison.Ordinal), Deadline);
        Assert.Equal(IntentState.Waiting, (await silo.ReadAsync(payout)).State);

        await silo.Chain.DevAsync("dev_now", new { advance = 3600 });
        Assert.Equal(0, (await silo.Chain.DevAsync("dev_release", new { })).GetProperty("applied").GetInt32());
        await silo.Chain.DevAsync("dev_clear", new { });

        await silo.WaitAsync(payout, IntentState.Delivered);
        await silo.WaitAsync(held, IntentState.Delivered);
        await silo.SettleAsync();
        Assert.Equal(Nano.FromCoins(3), await silo.ReceivedAsync(payee));
        Assert.Equal(2, (await silo.Chain.First.GetTransactionsAsync(payee, null, 10, default)).Count);
    }

    [SkippableFact]
    public async Task Wallet_KeyUsedBySomebodyElse_SendsNothingUntilThatIsAccepted()
    {
        await using SettlingSilo silo = await SettlingSilo.StartAsync(coins: 100);
        ChildProcess process = await silo.StartSiloAsync();
        TonAddress payee = SettlingSilo.NewAddress();
        await silo.Chain.DevAsync("dev_drop", new { address = silo.WalletAddress, times = 100_000 });
        Guid payout = await silo.PayAsync(payee, Nano.FromCoins(1));
        await silo.WaitAsync(payout, IntentState.Signed);
        await silo.KillAsync(process);

        using SigningKey key = KeyFile.Open(
            silo.WalletKeyFile, KeyPurpose.Wallet, TonNetwork.Development, KeyFile.ReadPassphrase(silo.PassphraseFile));
        ExternalMessage foreign = await silo.Chain.SignAsync(
            silo.Wallet, key, new OutgoingMessage(SettlingSilo.NewAddress(), Nano.FromCoins(7), Cell.Empty, Bounce: false));
        await silo.Chain.DevAsync("dev_clear", new { });
        await silo.Chain.First.SendAsync(foreign.ToCell(), default);
        process = await silo.StartSiloAsync();

        await Eventually.SeeAsync(
            "the log says so", () => silo.LogOf(process), log => log.Contains("./cocoon cluster reconcile", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        long stopped = (await silo.Store.FindStopAsync(silo.WalletAddress, default))!.Value;
        Assert.Equal(IntentState.Waiting, (await silo.ReadAsync(payout)).State);
        await silo.KillAsync(process);
        process = await silo.StartSiloAsync();
        await Eventually.SeeAsync(
            "the log says it again", () => silo.LogOf(process), log => log.Contains("./cocoon cluster reconcile", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.Equal(Nano.Zero, await silo.ReceivedAsync(payee));

        // Nobody can tell what it was for, so a person must take the loss, knowing which.
        (ReconciliationReport unknown, ReconciliationReport accepted) = await silo.AdministerAsync(process, async admin =>
        {
            Assert.Equal("stopped", (await admin.ReconcileAsync(apply: true, accept: stopped - 1, default)).State);
            return (await admin.ReconcileAsync(apply: true, accept: 0, default), await admin.ReconcileAsync(apply: true, stopped, default));
        });
        Assert.Equal(("stopped", stopped, "unknown", Nano.FromCoins(7).ToString()), (unknown.State, unknown.StoppedLt, unknown.Payments[0].Kind, unknown.Payments[0].Value));
        Assert.Equal(("running", "accepted"), (accepted.State, Assert.Single(accepted.Payments).Kind));
        await silo.WaitAsync(payout, IntentState.Delivered);
        await silo.SettleAsync();
        Assert.Equal(Nano.FromCoins(1), await silo.ReceivedAsync(payee));
    }

    /// <summary>A top-up that carries less than it says and the gas: its channel sends it back.</summary>
    internal static PlaceIntent RefusedTopUp(SettlingSilo silo) => TopUp(silo, NewChannel(silo), Nano.FromCoins(6), new Nano(10_000_000));

    private static ChannelTerms NewChannel(SettlingSilo silo)
    {
        using var payer = new SigningKey(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        using var payee = new SigningKey(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        return new ChannelTerms(silo.Wallet.Address, payer.PublicKey, SettlingSilo.NewAddress(), payee.PublicKey, 60, 1);
    }

    private static PlaceIntent TopUp(SettlingSilo silo, ChannelTerms terms, Nano amount, Nano gas)
    {
        Guid id = Guid.NewGuid();
        return new PlaceIntent
        {
            IntentId = id,
            Wallet = silo.WalletAddress,
            Destination = terms.Address.ToString(),
            Value = amount + gas,
            Amount = amount,
            Body = Boc.Write(ChannelMessages.TopUp((ulong)PlaceIntent.QueryIdOf(id), amount)),
            Init = Boc.Write(terms.Init.ToCell()),
            Purpose = IntentPurpose.TopUp,
        };
    }

    private static async Task<Transaction> RunOfAsync(SettlingSilo silo, Intent sent)
    {
        IReadOnlyList<Transaction> history = await silo.Chain.First.GetTransactionsAsync(silo.Wallet.Address, null, 10, default);
        return Assert.Single(history, transaction => transaction.Hash == new Bits256(sent.SentBy!.Value.Span));
    }
}
