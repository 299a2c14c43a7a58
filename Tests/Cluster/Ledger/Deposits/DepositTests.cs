using System.Security.Cryptography;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Deposits;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Accounts;

namespace CocoonOrleans.Tests.Cluster.Ledger.Deposits;

public abstract class DepositTests(LedgerDatabase database) : LedgerSuite(database)
{
    private const string Wallet = "0:1111111111111111111111111111111111111111111111111111111111111111";
    private const string Payer = "0:3333333333333333333333333333333333333333333333333333333333333333";
    private const string Elsewhere = "0:2222222222222222222222222222222222222222222222222222222222222222";

    private static readonly DepositRules Rules = new(Least: new Nano(100), Cap: new Nano(10_000));

    private long _lt = 10;

    public sealed class OnSqlite() : DepositTests(new SqliteLedgerDatabase());

    public sealed class OnPostgreSql() : DepositTests(new PostgreSqlLedgerDatabase());

    private IWalletStore Wallets => (IWalletStore)Ledger;

    private IDepositStore Store => (IDepositStore)Ledger;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Wallets.OpenWalletAsync(Wallet, new WalletCursor(_lt, new byte[32], new Nano(50_000)), default);
    }

    [SkippableFact]
    public async Task CreateMemo_Twice_IsTheSame_AndNobodyElses()
    {
        string memo = await MemoAsync();

        Assert.Equal(memo, (await Do<DepositMemoGiven>(new CreateDepositMemo(Client, DepositMemo.Create()))).Memo);
        await Do(new CreateAccount("client-2", AccountClass.Client, ""));
        await Do<IdReused>(new CreateDepositMemo("client-2", memo));
        Assert.Equal(AccountRefusal.WrongClass, (await Do<AccountRefused>(new CreateDepositMemo(Provider, DepositMemo.Create()))).Reason);
        Assert.Equal(nameof(CreateDepositMemo.Memo), (await Do<OperationInvalid>(new CreateDepositMemo(Client, "C-ABCDEFGHJK"))).Field);
    }

    [SkippableFact]
    public async Task Deposit_KnownMemo_IsCreditedAsItArrived_HoweverOftenAndOdd()
    {
        string memo = await MemoAsync();

        await ReceiveAsync(1234, memo);
        await ReceiveAsync(1234, $"  {memo.ToLowerInvariant()} ");
        await ReceiveAsync(777, memo);

        Assert.Equal(new Nano(1000 + 1234 + 1234 + 777), (await Read(Client)).Balance);
        Assert.All(await ListAsync(), deposit => Assert.Equal((DepositState.Credited, Client), (deposit.State, deposit.AccountId)));
        Assert.Equal(-new Nano(50_000 + 1234 + 1234 + 777), (await Read(WellKnownAccounts.ChainOperator)).Balance);
    }

    [SkippableFact]
    public async Task Deposit_SeenTwice_CreditedOnce()
    {
        string memo = await MemoAsync();
        WalletStep step = Step(1234, memo);

        Assert.NotNull(await Wallets.TryApplyAsync(step, default));
        Assert.Null(await Wallets.TryApplyAsync(step, default));

        Assert.Equal(new Nano(2234), (await Read(Client)).Balance);
        Assert.Single(await ListAsync());
    }

    [SkippableFact]
    public async Task Deposit_LookAlikes_NotCredited()
    {
        string memo = await MemoAsync();

        // A notice of other money with the memo in it, a message of ours that came back, gas returned, an unknown contract's call.
        await ReceiveAsync(500, memo, step => step with { Note = TransferNote.Other });
        await ReceiveAsync(500, memo, step => step with { Note = TransferNote.Other, Receipt = WalletReceipt.Bounced });
        await ReceiveAsync(500, memo, step => step with { Receipt = WalletReceipt.Excess });
        await ReceiveAsync(500, memo, step => step with { Note = TransferNote.Other, Receipt = WalletReceipt.ChannelRefund });
        await ReceiveAsync(500, DepositRules.CapitalComment);

        Assert.Empty(await ListAsync());
        Assert.Equal(new Nano(1000), (await Read(Client)).Balance);
        Assert.Equal(Nano.Zero, (await Read(WellKnownAccounts.Suspense)).Balance);
    }

    [SkippableFact]
    public async Task Deposit_NobodysOrTooMuch_WaitsWithItsReason()
    {
        string memo = await MemoAsync();
        await Do(new CreateAccount("client-2", AccountClass.Client, ""));
        string closed = (await Do<DepositMemoGiven>(new CreateDepositMemo("client-2", DepositMemo.Create()))).Memo;
        await Do(new CloseAccount("client-2"));

        await ReceiveAsync(500, null, step => step with { Note = TransferNote.None });
        await ReceiveAsync(500, null, step => step with { Note = TransferNote.Encrypted });
        await ReceiveAsync(500, "for my account, please");
        await ReceiveAsync(500, memo[..^1] + (memo[^1] == 'Z' ? 'Y' : 'Z'));
        await ReceiveAsync(99, memo);
        await ReceiveAsync(9001, memo);
        await ReceiveAsync(500, closed);

        Assert.Equal(
            [SuspenseReason.NoMemo, SuspenseReason.Encrypted, SuspenseReason.UnknownMemo, SuspenseReason.UnknownMemo, SuspenseReason.TooSmall, SuspenseReason.AboveCap, SuspenseReason.AccountClosed],
            (await ListAsync()).Reverse().Select(deposit => deposit.Reason!.Value));
        Assert.Equal(new Nano(1000), (await Read(Client)).Balance);
        Assert.Equal(new Nano(500 * 5 + 99 + 9001), (await Read(WellKnownAccounts.Suspense)).Balance);
    }

    [SkippableFact]
    public async Task Deposit_NotAccepted_IsTheOperatorsCapital()
    {
        await ReceiveAsync(500, await MemoAsync(), step => step with { Deposits = null });

        Assert.Empty(await ListAsync());
        Assert.Equal(new Nano(1000), (await Read(Client)).Balance);
    }

    [SkippableFact]
    public async Task Assign_DepositThatWaits_CreditsOnce()
    {
        await ReceiveAsync(500, "no memo");
        long id = Assert.Single(await ListAsync()).Sequence;

        Assert.False((await Do<DepositSettled>(new AssignDeposit(id, Client))).Repeated);
        Assert.True((await Do<DepositSettled>(new AssignDeposit(id, Client))).Repeated);
        await Do<DepositRefused>(new AssignDeposit(id, WellKnownAccounts.Treasury));
        await Do<DepositRefused>(new RefundDeposit(id, Elsewhere, "body"u8.ToArray()));
        Assert.Null((await Do<DepositRefused>(new AssignDeposit(id + 1, Client))).Deposit);
        Assert.Equal(new Nano(1500), (await Read(Client)).Balance);
        Assert.Equal((DepositState.Assigned, Client), ((await Store.FindDepositAsync(id, default))!.State, (await Store.FindDepositAsync(id, default))!.AccountId));
    }

    [SkippableFact]
    public async Task Assign_ToNoClient_IsRefusedAndStillWaits()
    {
        await ReceiveAsync(500, "no memo");
        long id = Assert.Single(await ListAsync()).Sequence;

        await Do<AccountRefused>(new AssignDeposit(id, Provider));
        await Do<AccountRefused>(new AssignDeposit(id, "nobody"));
        await Do<DepositSettled>(new AssignDeposit(id, WellKnownAccounts.Treasury));
        Assert.Equal(Nano.Zero, (await Read(WellKnownAccounts.Suspense)).Balance);
    }

    [SkippableFact]
    public async Task Refund_DepositThatWaits_IsPlacedOnceAndBookedWhenItLeaves()
    {
        await ReceiveAsync(500, "no memo");
        long id = Assert.Single(await ListAsync()).Sequence;
        RefundDeposit refund = new(id, Elsewhere, "body"u8.ToArray());

        Assert.False((await Do<DepositSettled>(refund)).Repeated);
        Assert.True((await Do<DepositSettled>(refund)).Repeated);

        Intent intent = Assert.Single(await Wallets.ListWaitingAsync(Wallet, 10, default));
        Assert.Equal((new Nano(500), Elsewhere, RefundDeposit.IntentIdOf(id)), (intent.Value, intent.Destination, intent.IntentId));
        Assert.Equal((Nano.Zero, new Nano(500)), ((await Read(WellKnownAccounts.Suspense)).Balance, (await Read(WellKnownAccounts.PayoutsInFlight)).Balance));
        Assert.Empty(await Ledger.CheckInvariantsAsync(default));
        WalletSend send = new(Wallet, 0, 1, 100, SHA256.HashData("a"u8), "a"u8.ToArray());
        await Wallets.TryAddSendAsync(send, _lt, [intent], default);
        await Wallets.TryApplyAsync(
            new WalletStep { Wallet = Wallet, PreviousLt = _lt, Lt = _lt + 10, Hash = new byte[32], Fees = new Nano(1), Send = send, Sent = [new SentIntent(intent, _lt + 11)] }, default);
        Assert.Equal(Nano.Zero, (await Read(WellKnownAccounts.PayoutsInFlight)).Balance);
    }

    private async Task<string> MemoAsync() => (await Do<DepositMemoGiven>(new CreateDepositMemo(Client, DepositMemo.Create()))).Memo;

    private Task<IReadOnlyList<Deposit>> ListAsync() => Store.ListDepositsAsync(accountId: null, onlySuspense: false, 100, default);

    private async Task ReceiveAsync(long amount, string? comment, Func<WalletStep, WalletStep>? change = null)
    {
        WalletStep step = Step(amount, comment);
        Assert.NotNull(await Wallets.TryApplyAsync(change?.Invoke(step) ?? step, default));
    }

    private WalletStep Step(long amount, string? comment)
    {
        long previous = _lt;
        _lt += 10;
        return new WalletStep
        {
            Wallet = Wallet,
            PreviousLt = previous,
            Lt = _lt,
            Hash = SHA256.HashData(BitConverter.GetBytes(_lt)),
            Fees = Nano.Zero,
            Received = new Nano(amount),
            Note = comment is null ? TransferNote.None : TransferNote.Text,
            Comment = comment,
            Deposits = Rules,
            Source = Payer,
        };
    }
}
