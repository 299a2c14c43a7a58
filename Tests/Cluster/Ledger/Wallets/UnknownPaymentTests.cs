using CocoonOrleans.Grains.Providers;
using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Deposits;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Providers;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Tests.Cluster.Ledger.Wallets;

/// <summary>A book that was restored from a backup learns from the wallet's history what it paid: nothing is due that was paid, and nothing is sent twice.</summary>
public abstract class UnknownPaymentTests(LedgerDatabase database) : LedgerSuite(database)
{
    private const string Wallet = "0:1111111111111111111111111111111111111111111111111111111111111111";
    private const string Payee = "0:2222222222222222222222222222222222222222222222222222222222222222";
    private const string Channel = "0:3333333333333333333333333333333333333333333333333333333333333333";
    private const string Client2 = "0:4444444444444444444444444444444444444444444444444444444444444444";

    private long _cursor = 10;

    public sealed class OnSqlite() : UnknownPaymentTests(new SqliteLedgerDatabase());

    public sealed class OnPostgreSql() : UnknownPaymentTests(new PostgreSqlLedgerDatabase());

    private IWalletStore Store => (IWalletStore)Ledger;

    [SkippableFact]
    public async Task TryExplain_PayoutsThatTheBookForgot_AreOffWhatIsDue()
    {
        await ReadyAsync(earned: 100);
        Guid first = ProviderPayouts.IdOf(Provider, Nano.Zero);
        Guid second = ProviderPayouts.IdOf(Provider, new Nano(60));
        await LeaveAsync(Payee, 60, PaymentNote.OfPayout(first));
        await LeaveAsync(Client2, 40, PaymentNote.OfPayout(second));

        Assert.Equal(["payout provider-1 60", "payout provider-1 40"], await ReconcileAsync());

        Assert.Equal((Nano.Zero, new Nano(900)), ((await Read(Provider)).Balance, -(await Read(WellKnownAccounts.ChainOperator)).Balance));

        // Whoever places them again finds them paid.
        Assert.True((await Do<IntentPlaced>(Payout(first, 60, PaymentNote.OfPayout(first)))).Repeated);
        Assert.Equal(IntentState.Delivered, (await Store.FindIntentAsync(second, default))!.State);
        Assert.Empty(await Store.ListWaitingAsync(Wallet, 10, default));
        Assert.Equal(new Nano(100), (await ((IProviderStore)Ledger).ReadEarningsAsync(Provider, 1, default))!.Charged);

        // A statement names their transactions.
        ProviderDayDetails day = await ((IProviderStore)Ledger).ReadDayAsync(Provider, DateOnly.FromDateTime(Now.UtcDateTime), 10, default);
        Assert.Equal(
            [(new Nano(60), new ChainTransaction(Wallet, 21, new string('0', 64))), (new Nano(40), new ChainTransaction(Wallet, 31, new string('0', 64)))],
            day.Charges.Select(charge => (charge.Amount, charge.Transaction!)));
    }

    [SkippableTheory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(35)]
    public async Task TryExplain_PayoutThatWaitsInTheBook_HasLeftWithWhatTheChainSays(long sent)
    {
        await ReadyAsync(earned: 100);
        Guid id = ProviderPayouts.IdOf(Provider, Nano.Zero);
        await Do<IntentPlaced>(Payout(id, 60, PaymentNote.OfPayout(id)));
        await LeaveAsync(Payee, sent, PaymentNote.OfPayout(id));

        Assert.Equal([$"payout provider-1 {sent}"], await ReconcileAsync());

        Assert.Equal((new Nano(100 - sent), Nano.Zero), ((await Read(Provider)).Balance, (await Read(WellKnownAccounts.PayoutsInFlight)).Balance));
        Assert.Empty(await Store.ListWaitingAsync(Wallet, 10, default));
    }

    [SkippableFact]
    public async Task TryExplain_Repeated_BooksNothingMore()
    {
        await ReadyAsync(earned: 100);
        await LeaveAsync(Payee, 60, PaymentNote.OfPayout(ProviderPayouts.IdOf(Provider, Nano.Zero)));
        UnknownPayment payment = Assert.Single(await Store.ListUnknownAsync(Wallet, 10, default));
        var explanation = new PaymentExplanation { Kind = UnknownPaymentState.Payout, AccountId = Provider };

        Assert.True(await Store.TryExplainAsync(payment, explanation, default));

        Assert.False(await Store.TryExplainAsync(payment, explanation, default));
        await using LedgerDatabase reopened = await Database.KillAndReopenAsync();
        Assert.False(await ((IWalletStore)reopened.Ledger).TryExplainAsync(payment, explanation, default));
        Assert.Equal(new Nano(40), (await Read(Provider)).Balance);
    }

    [SkippableFact]
    public async Task TryExplain_MessagesToChannels_AreDepositsAndGas()
    {
        await ReadyAsync(earned: 0);
        await ((IChannelStore)Ledger).OpenChannelAsync(NewChannel(), default);
        await LeaveAsync(Channel, 50, ChannelMessages.TopUp(7, new Nano(40)));
        await LeaveAsync(Channel, 20, ChannelMessages.TopUp(9, new Nano(15)));
        await LeaveAsync(Channel, 10, ChannelMessages.StartClose(8));
        await Store.TryApplyAsync(
            Step() with { Received = new Nano(18), Receipt = WalletReceipt.Bounced, BouncedQueryId = 9, Source = Channel }, default);

        Assert.Equal(["topup  50", "topup  20", "channelcall  10"], await ReconcileAsync());

        // What came back is the treasury's, and only what it lost on its way is a fee.
        Assert.Equal(
            (new Nano(-40), new Nano(-10 - 10 - 2)),
            ((await Read(WellKnownAccounts.ChainChannels)).Balance, (await Read(WellKnownAccounts.ChainFees)).Balance));
        Assert.Equal(IntentState.Sent, (await Store.FindByQueryAsync(7, default))!.State);
        Assert.Equal(IntentState.Bounced, (await Store.FindByQueryAsync(9, default))!.State);

        // The rest of the channel comes back as a channel's.
        await Store.TryApplyAsync(Step() with { Received = new Nano(40), Receipt = WalletReceipt.ChannelRefund, Source = Channel }, default);
        Assert.Equal(Nano.Zero, (await Read(WellKnownAccounts.ChainChannels)).Balance);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TryExplain_DepositThatWasSentBack_WaitsNoMore(bool isSentBackAgain)
    {
        await ReadyAsync(earned: 0);
        await Store.TryApplyAsync(
            Step() with { Received = new Nano(25), Note = TransferNote.None, Source = Client2, Deposits = new DepositRules(new Nano(1), new Nano(1000)) }, default);
        Deposit deposit = Assert.Single(await ((IDepositStore)Ledger).ListDepositsAsync(null, onlySuspense: true, 10, default));
        Cell note = PaymentNote.OfRefund(deposit.Sequence);
        if (isSentBackAgain)
        {
            await Do<DepositSettled>(new RefundDeposit(deposit.Sequence, Client2, Boc.Write(note)));
        }

        await LeaveAsync(Client2, 25, note);

        Assert.Equal(["refund suspense 25"], await ReconcileAsync());

        Assert.Equal(DepositState.Refunded, (await ((IDepositStore)Ledger).FindDepositAsync(deposit.Sequence, default))!.State);
        Assert.Equal((Nano.Zero, Nano.Zero), ((await Read(WellKnownAccounts.Suspense)).Balance, (await Read(WellKnownAccounts.PayoutsInFlight)).Balance));
        Assert.Empty(await Store.ListWaitingAsync(Wallet, 10, default));
    }

    [SkippableFact]
    public async Task Resume_WhileAPaymentIsUnexplained_IsRefusedUntilThatIsAccepted()
    {
        await ReadyAsync(earned: 100);
        await LeaveAsync(Client2, 60, Cell.Empty);
        await LeaveAsync(Client2, 5, PaymentNote.OfPayout(Guid.NewGuid()));
        await LeaveAsync(Client2, 7, ChannelMessages.TopUp(7, new Nano(7)));
        await LeaveAsync(Client2, 3, PaymentNote.OfRefund(77));
        long stopped = (await Store.FindStopAsync(Wallet, default))!.Value;

        Assert.Equal(["unknown  60", "unknown  5", "unknown  7", "unknown  3"], await ReconcileAsync());

        Assert.False(await Store.TryResumeAsync(Wallet, stopped, default));
        Assert.Equal(0, await Store.AcceptUnknownAsync(Wallet, stopped - 1, default));
        Assert.False(await Store.TryResumeAsync(Wallet, stopped, default));
        Assert.Equal(4, await Store.AcceptUnknownAsync(Wallet, stopped, default));
        Assert.True(await Store.TryResumeAsync(Wallet, stopped, default));
        Assert.Equal(new Nano(100), (await Read(Provider)).Balance);
    }

    [SkippableFact]
    public async Task Explain_WhatHasLeftByTheBooksIntent_IsNotExplainedAgain()
    {
        await ReadyAsync(earned: 100);
        Guid id = ProviderPayouts.IdOf(Provider, Nano.Zero);
        await LeaveAsync(Payee, 60, PaymentNote.OfPayout(id));
        await LeaveAsync(Payee, 60, PaymentNote.OfPayout(id));

        Assert.Equal(["payout provider-1 60"], (await ReconcileAsync())[..1]);

        Assert.Equal(["unknown  60"], await ReconcileAsync());
        Assert.Equal(new Nano(40), (await Read(Provider)).Balance);
    }

    [SkippableFact]
    public async Task Explain_PayoutWhoseNumberTheBookCannotTell_IsOfWhoIsPaidThere()
    {
        await ReadyAsync(earned: 100);
        Assert.True(await ((IProviderStore)Ledger).TryAddOrderAsync(
            new PayoutOrder(Provider, 1, Payee, new Nano(1), ByTransfer: true, Now, new byte[1], Now), default));
        await LeaveAsync(Payee, 30, PaymentNote.OfPayout(Guid.NewGuid()));

        Assert.Equal(["payout provider-1 30"], await ReconcileAsync());
        Assert.Equal(new Nano(70), (await Read(Provider)).Balance);
    }

    /// <summary>As the wallet's grain does it.</summary>
    /// <returns>What each payment was.</returns>
    private async Task<string[]> ReconcileAsync()
    {
        var matching = new PaymentMatching(await Store.ReadPayeesAsync(default));
        List<string> found = [];
        List<(UnknownPayment, PaymentExplanation)> explained = [];
        foreach (UnknownPayment payment in await Store.ListUnknownAsync(Wallet, 100, default))
        {
            Intent? named = payment.QueryId is { } query ? await Store.FindByQueryAsync(query, default) : null;
            if (await matching.ExplainAsync(payment, named, number => ((IDepositStore)Ledger).FindDepositAsync(number, default)) is { } explanation)
            {
                explained.Add((payment, explanation));
                string account = explanation.Kind == UnknownPaymentState.Refund ? WellKnownAccounts.Suspense : explanation.AccountId ?? "";
                found.Add($"{explanation.Kind.ToString().ToLowerInvariant()} {account} {payment.Value}");
            }
            else
            {
                found.Add($"unknown  {payment.Value}");
            }
        }

        foreach ((UnknownPayment payment, PaymentExplanation explanation) in explained)
        {
            Assert.True(await Store.TryExplainAsync(payment, explanation, default));
        }

        return [.. found];
    }

    private async Task ReadyAsync(long earned)
    {
        if (earned > 0)
        {
            await Do<Transferred>(new Transfer(Guid.NewGuid(), WellKnownAccounts.Grants, Provider, new Nano(earned), "earned in a test"));
        }

        await Store.OpenWalletAsync(Wallet, new WalletCursor(10, new byte[32], new Nano(1000)), default);
    }

    /// <summary>The wallet's key sent something of which the book knows nothing.</summary>
    private async Task LeaveAsync(string destination, long value, Cell body)
    {
        WalletStep step = Step();
        byte[] bytes = Boc.Write(body);
        Assert.NotNull(await Store.TryApplyAsync(
            step with
            {
                IsOfUnknownBytes = true,
                Unknown =
                [
                    new UnknownPayment
                    {
                        Wallet = Wallet,
                        MessageLt = step.Lt + 1,
                        Lt = step.Lt,
                        Hash = step.Hash,
                        Destination = destination,
                        Value = new Nano(value),
                        BodyHash = body.Hash.ToArray(),
                        Body = bytes,
                        QueryId = PaymentMatching.QueryIdOf(bytes),
                    },
                ],
            },
            default));
    }

    private WalletStep Step()
    {
        long previous = _cursor;
        _cursor += 10;
        return new WalletStep { Wallet = Wallet, PreviousLt = previous, Lt = _cursor, Hash = new byte[32], Fees = Nano.Zero };
    }

    private static PlaceIntent Payout(Guid id, long amount, Cell body) => new()
    {
        IntentId = id,
        Wallet = Wallet,
        Destination = Payee,
        Value = new Nano(amount),
        Amount = new Nano(amount),
        Body = Boc.Write(body),
        Purpose = IntentPurpose.Payout,
        AccountId = Provider,
    };

    private static WorkerChannel NewChannel() =>
        new(Channel, Provider, Wallet, new byte[32], Payee, new byte[32], CloseDelay: 60, Salt: 1, ChannelSnapshot.Unseen);
}
