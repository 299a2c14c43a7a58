using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;

namespace CocoonOrleans.Tests.Cluster.Ledger.Wallets;

public abstract class WalletStoreTests(LedgerDatabase database) : LedgerSuite(database)
{
    private const string Wallet = "0:1111111111111111111111111111111111111111111111111111111111111111";
    private const string Destination = "0:2222222222222222222222222222222222222222222222222222222222222222";

    public sealed class OnSqlite() : WalletStoreTests(new SqliteLedgerDatabase());

    public sealed class OnPostgreSql() : WalletStoreTests(new PostgreSqlLedgerDatabase());

    private IWalletStore Store => (IWalletStore)Ledger;

    [SkippableFact]
    public async Task PlaceIntent_Payout_TakesWhatWasEarnedAndNoMore()
    {
        await EarnAsync(100);

        IntentPlaced placed = await Do<IntentPlaced>(Payout(Guid.NewGuid(), 60));
        InsufficientBalance refused = await Do<InsufficientBalance>(Payout(Guid.NewGuid(), 41));

        Assert.Equal((IntentState.Waiting, false), (placed.Intent.State, placed.Repeated));
        Assert.Equal(new Nano(1), refused.Shortfall);
        Assert.Equal((new Nano(40), new Nano(60)), ((await Read(Provider)).Balance, (await Read(WellKnownAccounts.PayoutsInFlight)).Balance));
    }

    [SkippableFact]
    public async Task PlaceIntent_Repeated_MovesNothingMore_AndOtherwiseIsRefused()
    {
        await EarnAsync(100);
        PlaceIntent payout = Payout(Guid.NewGuid(), 60);
        await Do<IntentPlaced>(payout);

        Assert.True((await Do<IntentPlaced>(payout)).Repeated);
        await Do<IdReused>(payout with { Body = "other"u8.ToArray() });
        await Do<IdReused>(payout with { Destination = Wallet });
        await Do<IdReused>(payout with { Amount = new Nano(30), Value = new Nano(30) });
        Assert.Equal(new Nano(40), (await Read(Provider)).Balance);
    }

    [SkippableTheory]
    [InlineData(nameof(PlaceIntent.Wallet))]
    [InlineData(nameof(PlaceIntent.Destination))]
    [InlineData(nameof(PlaceIntent.Value))]
    [InlineData(nameof(PlaceIntent.Amount))]
    [InlineData(nameof(PlaceIntent.Body))]
    [InlineData(nameof(PlaceIntent.Init))]
    [InlineData(nameof(PlaceIntent.AccountId))]
    [InlineData(nameof(PlaceIntent.IntentId))]
    public async Task PlaceIntent_BadField_IsNamed(string field)
    {
        PlaceIntent good = Payout(Guid.NewGuid(), 1);
        PlaceIntent bad = field switch
        {
            nameof(PlaceIntent.Wallet) => good with { Wallet = Wallet.ToUpperInvariant().Replace("1111", "GGGG", StringComparison.Ordinal) },
            nameof(PlaceIntent.Destination) => good with { Destination = "-1:22" },
            nameof(PlaceIntent.Value) => good with { Value = Nano.Zero },
            nameof(PlaceIntent.Amount) => good with { Amount = Nano.Zero },
            nameof(PlaceIntent.Body) => good with { Body = new byte[LedgerLimits.MaxMessageLength + 1] },
            nameof(PlaceIntent.Init) => good with { Init = Array.Empty<byte>() },
            nameof(PlaceIntent.AccountId) => good with { AccountId = null },
            _ => good with { IntentId = Guid.Empty },
        };

        Assert.Equal(field, (await Do<OperationInvalid>(bad)).Field);
    }

    [SkippableFact]
    public async Task TryAddSend_SecondBodyForACounter_IsRefused()
    {
        Intent intent = await ReadyAsync();

        Assert.True(await Store.TryAddSendAsync(Send(seqno: 0, attempt: 1, "a"), 10, [intent], default));

        Assert.False(await Store.TryAddSendAsync(Send(seqno: 0, attempt: 1, "b"), 10, [intent], default));
        Assert.False(await Store.TryAddSendAsync(Send(seqno: 0, attempt: 2, "b"), 10, [intent], default));
        Assert.False(await Store.TryAddSendAsync(Send(seqno: 1, attempt: 1, "b"), 10, [intent], default));
        Assert.Equal("a"u8.ToArray(), (await Store.FindOpenSendAsync(Wallet, default))!.Message.ToArray());
        Assert.Equal(IntentState.Signed, (await Store.FindIntentAsync(intent.IntentId, default))!.State);
    }

    [SkippableFact]
    public async Task TryAddSend_SignerKnewTooLittle_IsRefused()
    {
        Intent intent = await ReadyAsync();

        Assert.False(await Store.TryAddSendAsync(Send(0, 1, "a"), 9, [intent], default));
        Assert.Equal(IntentState.Waiting, (await Store.FindIntentAsync(intent.IntentId, default))!.State);
    }

    [SkippableFact]
    public async Task TryAddSend_IntentThatIsSignedElsewhere_StoresNothing()
    {
        Intent intent = await ReadyAsync();

        await Assert.ThrowsAsync<InvalidDataException>(() => Store.TryAddSendAsync(Send(0, 1, "a"), 10, [intent, intent], default));
        Assert.Null(await Store.FindOpenSendAsync(Wallet, default));
    }

    [SkippableFact]
    public async Task TryApply_RunWithOneLeftOut_BooksWhatLeftAndLetsTheOtherWait()
    {
        Intent first = await ReadyAsync();
        Intent second = (await Do<IntentPlaced>(Payout(Guid.NewGuid(), 30))).Intent;
        WalletSend send = Send(0, 1, "a");
        await Store.TryAddSendAsync(send, 10, [first, second], default);
        WalletStep step = Step(10, 20) with { Send = send, Sent = [new SentIntent(first, 21)], Fees = new Nano(7) };

        WalletCursor? cursor = await Store.TryApplyAsync(step, default);

        Assert.Equal((20, new Nano(1000 - 60 - 7)), (cursor!.Lt, cursor.Balance));
        Intent left = (await Store.FindIntentAsync(first.IntentId, default))!;
        Assert.Equal((IntentState.Delivered, 21), (left.State, left.MessageLt));
        Intent waits = (await Store.FindIntentAsync(second.IntentId, default))!;
        Assert.Equal((IntentState.Waiting, 1), (waits.State, waits.Skips));
        Assert.Equal(new Nano(30), (await Read(WellKnownAccounts.PayoutsInFlight)).Balance);
        Assert.Equal(-cursor.Balance, (await Read(WellKnownAccounts.ChainOperator)).Balance);

        // The same again, and the same counter again: nothing.
        Assert.Null(await Store.TryApplyAsync(step, default));
        Assert.False(await Store.TryAddSendAsync(Send(0, 2, "b"), 20, [waits], default));
        Assert.True(await Store.TryAddSendAsync(Send(1, 1, "b"), 20, [waits], default));
    }

    [SkippableTheory]
    [InlineData(true, 0)]
    [InlineData(false, 5)]
    public async Task TryApply_BytesOrCoinsThatTheBookDoesNotKnow_StopTheWalletUntilTheyAreAcknowledged(bool unknownBytes, long sentByOthers)
    {
        Intent intent = await ReadyAsync();
        Assert.Null(await Store.FindStopAsync(Wallet, default));

        await Store.TryApplyAsync(Step(10, 20) with { IsOfUnknownBytes = unknownBytes, Unknown = sentByOthers == 0 ? [] : [Unknown(20, sentByOthers)] }, default);
        await Store.TryApplyAsync(Step(20, 30) with { Received = new Nano(5) }, default);

        Assert.Equal(20, await Store.FindStopAsync(Wallet, default));
        Assert.False(await Store.TryAddSendAsync(Send(1, 1, "a"), 30, [intent], default));
        Assert.False(await Store.TryResumeAsync(Wallet, 19, default));

        // It stands in the database, and another such transaction wants to be acknowledged by itself.
        await using LedgerDatabase reopened = await Database.KillAndReopenAsync();
        var store = (IWalletStore)reopened.Ledger;
        Assert.Equal(20, await store.FindStopAsync(Wallet, default));
        await store.TryApplyAsync(Step(30, 40) with { IsOfUnknownBytes = true }, default);
        Assert.False(await store.TryResumeAsync(Wallet, 20, default));
        Assert.Equal(sentByOthers == 0, await store.TryResumeAsync(Wallet, 40, default));
        if (sentByOthers > 0)
        {
            Assert.Equal(1, await store.AcceptUnknownAsync(Wallet, 40, default));
            Assert.True(await store.TryResumeAsync(Wallet, 40, default));
        }

        Assert.False(await store.TryResumeAsync(Wallet, 40, default));
        Assert.True(await store.TryAddSendAsync(Send(1, 1, "a"), 40, [intent], default));
    }

    [SkippableFact]
    public async Task TryEndSend_Expired_LetsItsIntentsBeSignedAnew()
    {
        Intent intent = await ReadyAsync();
        WalletSend send = Send(0, 1, "a");
        await Store.TryAddSendAsync(send, 10, [intent], default);

        Assert.True(await Store.TryEndSendAsync(send, SendEnd.Expired, default));

        Assert.False(await Store.TryEndSendAsync(send, SendEnd.Expired, default));
        Assert.Equal(2, await Store.NextAttemptAsync(Wallet, 0, default));
        Assert.True(await Store.TryAddSendAsync(Send(0, 2, "b"), 10, [intent], default));
    }

    [SkippableFact]
    public async Task TryApply_TopUpThatCameBack_IsTakenBackFromTheChannels()
    {
        await OpenAsync();
        PlaceIntent topUp = Payout(Guid.NewGuid(), 50) with { Purpose = IntentPurpose.TopUp, AccountId = null, Amount = new Nano(40) };
        Intent intent = (await Do<IntentPlaced>(topUp)).Intent;
        WalletSend send = Send(0, 1, "a");
        await Store.TryAddSendAsync(send, 10, [intent], default);
        await Store.TryApplyAsync(Step(10, 20) with { Send = send, Sent = [new SentIntent(intent, 21)] }, default);
        Assert.Equal((new Nano(-40), new Nano(-10)), await ChannelsAndFeesAsync());

        await Store.TryApplyAsync(
            Step(20, 30) with { Received = new Nano(45), Receipt = WalletReceipt.Bounced, BouncedQueryId = intent.QueryId, Source = Destination }, default);

        Assert.Equal((Nano.Zero, new Nano(-5)), await ChannelsAndFeesAsync());
        Assert.Equal(IntentState.Bounced, (await Store.FindIntentAsync(intent.IntentId, default))!.State);
        Assert.Contains(intent.IntentId, (await Store.ListSentAsync(Wallet, 10, default)).Select(sent => sent.IntentId));
        await Store.EndIntentAsync(intent.IntentId, bounced: true, 1003, default);
        Assert.Equal(1003, (await Store.FindIntentAsync(intent.IntentId, default))!.ExitCode);
        Assert.Empty(await Store.ListSentAsync(Wallet, 10, default));
    }

    [SkippableFact]
    public async Task TryApply_LookAlikeRefund_IsCapital()
    {
        await OpenAsync();

        await Store.TryApplyAsync(Step(10, 20) with { Received = new Nano(5), Receipt = WalletReceipt.ChannelRefund, Source = Destination }, default);

        Assert.Equal((Nano.Zero, Nano.Zero), await ChannelsAndFeesAsync());
    }

    [SkippableFact]
    public async Task Store_KilledAfterSigning_FindsTheSameBytes()
    {
        Intent intent = await ReadyAsync();
        await Store.TryAddSendAsync(Send(0, 1, "a"), 10, [intent], default);

        await using LedgerDatabase reopened = await Database.KillAndReopenAsync();

        var store = (IWalletStore)reopened.Ledger;
        WalletSend send = (await store.FindOpenSendAsync(Wallet, default))!;
        Assert.Equal("a"u8.ToArray(), send.Message.ToArray());
        Assert.Equal(intent.IntentId, Assert.Single(await store.ListCarriedAsync(send, default)).IntentId);
        Assert.Equal([Wallet], await store.ListBusyWalletsAsync(default));
    }

    private async Task<(Nano Channels, Nano Fees)> ChannelsAndFeesAsync() =>
        ((await Read(WellKnownAccounts.ChainChannels)).Balance, (await Read(WellKnownAccounts.ChainFees)).Balance);

    private Task OpenAsync() => Store.OpenWalletAsync(Wallet, new WalletCursor(10, new byte[32], new Nano(1000)), default);

    /// <summary>A wallet with 1,000 nano and a payout of 60 that waits; the provider has 40 left.</summary>
    private async Task<Intent> ReadyAsync()
    {
        await EarnAsync(100);
        await OpenAsync();
        return (await Do<IntentPlaced>(Payout(Guid.NewGuid(), 60))).Intent;
    }

    private Task EarnAsync(long amount) =>
        Do<Transferred>(new Transfer(Guid.NewGuid(), WellKnownAccounts.Grants, Provider, new Nano(amount), "earned in a test"));

    private static PlaceIntent Payout(Guid id, long amount) => new()
    {
        IntentId = id,
        Wallet = Wallet,
        Destination = Destination,
        Value = new Nano(amount),
        Amount = new Nano(amount),
        Body = "body"u8.ToArray(),
        Purpose = IntentPurpose.Payout,
        AccountId = Provider,
    };

    private static WalletSend Send(long seqno, int attempt, string message) =>
        new(Wallet, seqno, attempt, 100, SHA256.HashData(Encoding.UTF8.GetBytes(message)), Encoding.UTF8.GetBytes(message));

    private static UnknownPayment Unknown(long lt, long value) => new()
    {
        Wallet = Wallet,
        MessageLt = lt + 1,
        Lt = lt,
        Hash = new byte[32],
        Destination = Destination,
        Value = new Nano(value),
        BodyHash = new byte[32],
        Body = null,
        QueryId = null,
    };

    private static WalletStep Step(long previous, long lt) => new() { Wallet = Wallet, PreviousLt = previous, Lt = lt, Hash = new byte[32], Fees = Nano.Zero };
}
