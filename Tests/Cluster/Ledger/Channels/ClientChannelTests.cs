using System.Security.Cryptography;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;

namespace CocoonOrleans.Tests.Cluster.Ledger.Channels;

public abstract class ClientChannelTests(LedgerDatabase database) : LedgerSuite(database)
{
    private const string Wallet = "0:1111111111111111111111111111111111111111111111111111111111111111";
    private const string Channel = "0:4444444444444444444444444444444444444444444444444444444444444444";

    private int _seqno;

    public sealed class OnSqlite() : ClientChannelTests(new SqliteLedgerDatabase());

    public sealed class OnPostgreSql() : ClientChannelTests(new PostgreSqlLedgerDatabase());

    private IClientChannelStore Store => (IClientChannelStore)Ledger;

    private IWalletStore Wallets => (IWalletStore)Ledger;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Assert.NotNull(await Store.OpenClientChannelAsync(Sample(Channel), limit: 2, default));
        await StateAsync(deposited: 1000);
    }

    [SkippableFact]
    public async Task Open_Repeated_IsTheSame_AndOthersAndTooManyAreRefused()
    {
        Assert.Equal(Client, (await Store.OpenClientChannelAsync(Sample(Channel), 2, default))!.AccountId);
        await Do(new CreateAccount("client-2", AccountClass.Client, ""));
        Assert.Null(await Store.OpenClientChannelAsync(Sample(Channel) with { AccountId = "client-2" }, 2, default));
        Assert.Null(await Store.OpenClientChannelAsync(Sample(Channel.Replace('4', '5')) with { AccountId = Provider }, 2, default));
        Assert.NotNull(await Store.OpenClientChannelAsync(Sample(Channel.Replace('4', '5')), 2, default));
        Assert.Null(await Store.OpenClientChannelAsync(Sample(Channel.Replace('4', '6')), 2, default));
    }

    [SkippableFact]
    public void ReceivableOf_Address_IsAnAccountIdOfItsOwn()
    {
        string id = ClientChannel.ReceivableOf(Channel);
        Assert.True(Market.Accounts.AccountId.IsValid(id), id);
        Assert.NotEqual(id, ClientChannel.ReceivableOf(Channel[..^1] + "5"));
    }

    [SkippableFact]
    public async Task Hold_WithinTheVoucher_IsOnTheChannelAndNotOnTheBalance()
    {
        HoldPlaced placed = await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 600, Voucher(1, 600)));

        Assert.Equal((Channel, false), (placed.Hold.Channel, placed.Forked));
        Assert.Equal((new Nano(1000), Nano.Zero), ((await Read(Client)).Balance, (await Read(Client)).Held));
        ClientChannel channel = await FindAsync();
        Assert.Equal((new Nano(600), Nano.Zero, new Nano(600)), (channel.Held, channel.Captured, channel.Voucher!.Cumulative));
    }

    [SkippableFact]
    public async Task Hold_BeyondAvailable_Refused()
    {
        Guid first = Guid.CreateVersion7();
        await Do<HoldPlaced>(Hold(first, 600, Voucher(1, 600)));

        // Beyond the voucher; with a better one, beyond what the channel holds; within both.
        ChannelRefused refused = await Do<ChannelRefused>(Hold(Guid.CreateVersion7(), 300));
        Assert.Equal((ChannelRefusal.VoucherTooLow, new Nano(300)), (refused.Reason, refused.Shortfall));
        refused = await Do<ChannelRefused>(Hold(Guid.CreateVersion7(), 401, Voucher(2, 5000)));
        Assert.Equal((ChannelRefusal.DepositTooLow, new Nano(1)), (refused.Reason, refused.Shortfall));
        await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 400));
        refused = await Do<ChannelRefused>(Hold(Guid.CreateVersion7(), 1));
        Assert.Equal(ChannelRefusal.DepositTooLow, refused.Reason);

        // What was used counts as what is held did.
        await Do<HoldCaptured>(Capture(first, 100));
        await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 500));
        await Do<ChannelRefused>(Hold(Guid.CreateVersion7(), 1));
    }

    [SkippableFact]
    public async Task Client_StopsSigning_LossWithinWindow()
    {
        await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 100, Voucher(1, 100)));
        List<Guid> jobs = [];
        LedgerResult last;
        while (true)
        {
            Guid job = Guid.CreateVersion7();
            last = await Do(Hold(job, 30) with { CreditWindow = new Nano(100) });
            if (last is not HoldPlaced)
            {
                break;
            }

            jobs.Add(job);
        }

        Assert.Equal(ChannelRefusal.VoucherTooLow, Assert.IsType<ChannelRefused>(last).Reason);
        foreach (Guid job in jobs)
        {
            await Do<HoldCaptured>(Capture(job, 30));
        }

        ClientChannel channel = await FindAsync();
        Assert.InRange((channel.Captured + channel.Held - channel.Voucher!.Cumulative).Value, 0, 100);
    }

    [SkippableFact]
    public async Task Hold_ClosingOrWithdrawing_IsRefused()
    {
        await StateAsync(deposited: 1000, pendingWithdraw: 1);
        Assert.Equal(ChannelRefusal.NotOpen, (await Do<ChannelRefused>(Hold(Guid.CreateVersion7(), 10, Voucher(1, 600)))).Reason);
        await StateAsync(deposited: 1000);
        await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 10));
        await StateAsync(deposited: 1000, phase: WorkerChannelPhase.Closing);
        Assert.Equal(ChannelRefusal.NotOpen, (await Do<ChannelRefused>(Hold(Guid.CreateVersion7(), 10))).Reason);
        Assert.Equal(ChannelRefusal.Unknown, (await Do<ChannelRefused>(Hold(Guid.CreateVersion7(), 10) with { Channel = Channel.Replace('4', '9') })).Reason);
    }

    [SkippableFact]
    public async Task Hold_OfAnotherAccountsChannel_IsRefusedAndItsVoucherIsNotTaken()
    {
        await Do(new CreateAccount("client-2", AccountClass.Client, ""));

        ChannelRefused refused = await Do<ChannelRefused>(Hold(Guid.CreateVersion7(), 10, Voucher(1, 600)) with { AccountId = "client-2" });

        Assert.Equal(ChannelRefusal.Unknown, refused.Reason);
        Assert.Null((await FindAsync()).Voucher);
    }

    [SkippableFact]
    public async Task Voucher_LowerOrLate_NeverReplacesTheBest()
    {
        await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 10, Voucher(2, 500)));
        Assert.False((await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 10, Voucher(1, 100)))).Forked);
        Assert.False((await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 10, Voucher(2, 500)))).Forked);

        ClientChannel channel = await FindAsync();
        Assert.Equal((2L, new Nano(500), 0), (channel.Voucher!.Serial, channel.Voucher.Cumulative, channel.Forks));
    }

    [SkippableFact]
    public async Task Voucher_SerialFork_Reported()
    {
        await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 10, Voucher(1, 500)));

        // A lower one of the same serial is proof and no promise; a higher one is both.
        Assert.True((await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 10, Voucher(1, 400)))).Forked);
        Assert.Equal(new Nano(500), (await FindAsync()).Voucher!.Cumulative);
        Assert.True((await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 10, Voucher(1, 700)))).Forked);
        Assert.True((await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 10, Voucher(1, 700)))).Forked);

        ClientChannel channel = await FindAsync();
        Assert.Equal((new Nano(700), 1), (channel.Voucher!.Cumulative, channel.Forks));
        Assert.True((await Do<ChannelRefused>(Hold(Guid.CreateVersion7(), 5000, Voucher(1, 600)))).Forked);
    }

    [SkippableFact]
    public async Task Voucher_ForksWithoutEnd_AFewProofsAreKept()
    {
        for (int serial = 1; serial <= 20; serial++)
        {
            await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 1, Voucher(serial, 100 + (10 * serial))));
            for (int other = 1; other <= 3; other++)
            {
                Assert.True((await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 1, Voucher(serial, 100 + (10 * serial) - other)))).Forked);
            }
        }

        Assert.Equal(16, (await FindAsync()).Forks);
        Assert.Equal(16, Database.Count("voucher_forks"));
    }

    [SkippableFact]
    public async Task Voucher_ManyInAnyOrder_TheHighestAreKept()
    {
        // Serials that fall while the sums rise: each is the best one when it comes, also where its hold is refused.
        foreach (int[] numbers in Enumerable.Range(0, 1100).Chunk(550))
        {
            await Ledger.ExecuteAsync([.. numbers.Select(number => Hold(Guid.CreateVersion7(), 1, Voucher(5000 - number, 1 + number)))], default);
        }

        Assert.Equal(1024, Database.Count("client_vouchers"));

        // Lower ones come late: nothing that could be charged, and nothing to keep.
        await Ledger.ExecuteAsync([.. Enumerable.Range(0, 50).Select(number => Hold(Guid.CreateVersion7(), 1, Voucher(6000 + number, 500)))], default);

        Assert.Equal(1024, Database.Count("client_vouchers"));
        Assert.Equal(5000 - 1050, (await Store.FindCoveringVoucherAsync(Channel, new Nano(1051), default))!.Serial);
        Assert.Equal(new Nano(1100), (await FindAsync()).Voucher!.Cumulative);
    }

    [SkippableFact]
    public async Task FindCoveringVoucher_ManyVouchers_IsTheLowestThatCovers()
    {
        for (int serial = 1; serial <= 5; serial++)
        {
            await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 10, Voucher(serial, serial * 100)));
        }

        Assert.Equal(3, (await Store.FindCoveringVoucherAsync(Channel, new Nano(201), default))!.Serial);
        Assert.Equal(2, (await Store.FindCoveringVoucherAsync(Channel, new Nano(200), default))!.Serial);
        Assert.Null(await Store.FindCoveringVoucherAsync(Channel, new Nano(501), default));
    }

    [SkippableFact]
    public async Task Capture_OnAChannel_IsOwedByItUntilItsCoinsComeIn()
    {
        Guid job = Guid.CreateVersion7();
        await Do<HoldPlaced>(Hold(job, 600, Voucher(1, 600)));
        await Do<HoldCaptured>(Capture(job, 550));
        await Do<HoldCaptured>(Capture(job, 550));
        string receivable = ClientChannel.ReceivableOf(Channel);

        Assert.Equal(-new Nano(550), (await Read(receivable)).Balance);
        Assert.Equal((new Nano(550), Nano.Zero, new Nano(1000)), ((await FindAsync()).Captured, (await FindAsync()).Held, (await Read(Client)).Balance));
        Assert.Empty(await Ledger.CheckInvariantsAsync(default));

        // The voucher is charged: 600 leave the channel, 590 come in.
        await Wallets.OpenWalletAsync(Wallet, new WalletCursor(10, new byte[32], new Nano(5000)), default);
        WalletStep step = new()
        {
            Wallet = Wallet,
            PreviousLt = 10,
            Lt = 20,
            Hash = new byte[32],
            Fees = Nano.Zero,
            Received = new Nano(590),
            Receipt = WalletReceipt.ChannelPaid,
            PaidCumulative = new Nano(600),
            Source = Channel,
        };
        Assert.NotNull(await Wallets.TryApplyAsync(step, default));
        Assert.Null(await Wallets.TryApplyAsync(step, default));
        Assert.Equal((new Nano(50), new Nano(600)), ((await Read(receivable)).Balance, (await FindAsync()).Paid));
        Assert.Equal(-new Nano(5590), (await Read(WellKnownAccounts.ChainOperator)).Balance);

        // A stranger that writes what a channel writes pays the operator, and nothing else.
        await Wallets.TryApplyAsync(step with { PreviousLt = 20, Lt = 30, Source = Channel.Replace('4', '7'), PaidCumulative = new Nano(9999) }, default);
        Assert.Equal(new Nano(600), (await FindAsync()).Paid);
    }

    [SkippableFact]
    public async Task Apply_ChargedBeforeItWasKnown_IsTheClientsCredit()
    {
        string early = Channel.Replace('4', '5');
        await Store.OpenClientChannelAsync(Sample(early), limit: 2, default);

        Assert.True(await Store.TryApplyClientAsync(early, new ChannelSnapshot(WorkerChannelPhase.Open, new Nano(1000), new Nano(300), Nano.Zero, Nano.Zero, 0, 5, 5), default));

        Assert.Equal((new Nano(300), new Nano(300)), ((await Store.FindClientChannelAsync(early, default))!.Paid, (await Read(ClientChannel.ReceivableOf(early))).Balance));
        Assert.True(await Store.TryApplyClientAsync(early, new ChannelSnapshot(WorkerChannelPhase.Open, new Nano(1000), new Nano(400), Nano.Zero, Nano.Zero, 0, 6, 6), default));
        Assert.Equal(new Nano(300), (await Store.FindClientChannelAsync(early, default))!.Paid);
    }

    [SkippableFact]
    public async Task Release_OnAChannel_FreesIt()
    {
        Guid job = Guid.CreateVersion7();
        await Do<HoldPlaced>(Hold(job, 600, Voucher(1, 600)));
        await Do<HoldReleased>(new ReleaseHold(job, "expired"));

        Assert.Equal(Nano.Zero, (await FindAsync()).Held);
        await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 600));
    }

    [SkippableFact]
    public async Task Apply_OlderState_IsRefused()
    {
        Assert.False(await Store.TryApplyClientAsync(Channel, new ChannelSnapshot(WorkerChannelPhase.Open, new Nano(999), Nano.Zero, Nano.Zero, Nano.Zero, 0, 100, 100), default));
        Assert.False(await Store.TryApplyClientAsync(Channel, new ChannelSnapshot(WorkerChannelPhase.Open, new Nano(2000), Nano.Zero, Nano.Zero, Nano.Zero, 0, 0, 0), default));
        Assert.Equal(new Nano(1000), (await FindAsync()).State.Deposited);
    }

    private static ClientVoucher Voucher(long serial, long cumulative) => new(serial, new Nano(cumulative), SHA256.HashData(BitConverter.GetBytes((serial << 32) + cumulative)));

    private static ClientChannel Sample(string address) => new()
    {
        Channel = address,
        AccountId = Client,
        PayerAddress = "0:3333333333333333333333333333333333333333333333333333333333333333",
        PayerKey = new byte[32],
        PayeeAddress = Wallet,
        PayeeKey = new byte[32],
        CloseDelay = 60,
        Salt = 1,
    };

    private PlaceHold Hold(Guid job, long amount, ClientVoucher? voucher = null) => Hold(job, amount) with { Channel = Channel, Voucher = voucher };

    private PlaceHold Hold(Guid job, long amount) => base.Hold(job, amount) with { Channel = Channel };

    private async Task<ClientChannel> FindAsync() => (await Store.FindClientChannelAsync(Channel, default))!;

    private async Task StateAsync(long deposited, long pendingWithdraw = 0, WorkerChannelPhase phase = WorkerChannelPhase.Open)
    {
        _seqno++;
        Assert.True(await Store.TryApplyClientAsync(
            Channel, new ChannelSnapshot(phase, new Nano(deposited), Nano.Zero, Nano.Zero, new Nano(pendingWithdraw), 0, _seqno, _seqno), default));
    }
}
