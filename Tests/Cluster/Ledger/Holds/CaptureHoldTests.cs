using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Entries;
using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market;

namespace CocoonOrleans.Tests.Cluster.Ledger.Holds;

public abstract class CaptureHoldTests(LedgerDatabase database) : LedgerSuite(database)
{
    private readonly Guid _job = Guid.CreateVersion7();

    public sealed class OnSqlite() : CaptureHoldTests(new SqliteLedgerDatabase());

    public sealed class OnPostgreSql() : CaptureHoldTests(new PostgreSqlLedgerDatabase());

    [SkippableFact]
    public async Task CaptureHold_Open_PaysProviderAndCommissionAndFreesTheRest()
    {
        await Do<HoldPlaced>(Hold(_job, 600));

        HoldCaptured captured = await Do<HoldCaptured>(Capture(_job, 400));

        Assert.False(captured.Repeated);
        Assert.Equal((new Nano(600), Nano.Zero), ((await Read(Client)).Balance, (await Read(Client)).Held));
        Assert.Equal(new Nano(380), (await Read(Provider)).Balance);
        Assert.Equal(new Nano(20), (await Read(WellKnownAccounts.Commission)).Balance);
    }

    [SkippableFact]
    public async Task CaptureHold_Open_KeepsTheWholeRecord()
    {
        await Do<HoldPlaced>(Hold(_job, 600));
        CaptureHold asked = Capture(_job, 400);
        await Do<HoldCaptured>(asked);

        HoldCapture? read = (await Ledger.GetHoldAsync(_job, CancellationToken.None))?.Capture;

        Assert.NotNull(read);
        Assert.Equal(asked.ReportHash?.ToArray(), read.ReportHash?.ToArray());
        Assert.Equal(
            (new Nano(400), new Nano(380), new Nano(20), Provider, "worker-1", asked.Prices, asked.Usage, CompletionStatus.Complete, Now),
            (read.Amount, read.ProviderAmount, read.Commission, read.ProviderAccountId, read.WorkerId, read.Prices, read.Usage, read.Status, read.At));
    }

    [SkippableFact]
    public async Task CaptureHold_NoReport_KeepsThatThereWasNone()
    {
        await Do<HoldPlaced>(Hold(_job, 600));
        await Do<HoldCaptured>(Capture(_job, 400) with { ReportHash = null });

        HoldCapture? read = (await Ledger.GetHoldAsync(_job, CancellationToken.None))?.Capture;

        Assert.NotNull(read);
        Assert.Null(read.ReportHash);
    }

    [SkippableFact]
    public async Task CaptureHold_Open_BooksThreeLegsUnderTheJobId()
    {
        await Do<HoldPlaced>(Hold(_job, 600));
        await Do<HoldCaptured>(Capture(_job, 400));

        LedgerEntry client = (await Ledger.ListEntriesAsync(Client, before: null, 10, CancellationToken.None))[0];
        LedgerEntry provider = Assert.Single(await Ledger.ListEntriesAsync(Provider, before: null, 10, CancellationToken.None));
        LedgerEntry commission = Assert.Single(await Ledger.ListEntriesAsync(WellKnownAccounts.Commission, before: null, 10, CancellationToken.None));

        Assert.Equal((_job, TransactionKind.Capture, new Nano(-400), Model, Now), (client.TransactionId, client.Kind, client.Amount, client.Reason, client.At));
        Assert.Equal((_job, new Nano(380)), (provider.TransactionId, provider.Amount));
        Assert.Equal((_job, new Nano(20)), (commission.TransactionId, commission.Amount));
    }

    [SkippableTheory]
    [InlineData(19, 500, 19, 0)]
    [InlineData(39, 500, 38, 1)]
    [InlineData(100, 0, 100, 0)]
    [InlineData(100, 10_000, 0, 100)]
    public async Task CaptureHold_CommissionNotWhole_RoundsForTheProvider(long amount, int basisPoints, long provided, long commission)
    {
        await Do<HoldPlaced>(Hold(_job, 600));

        HoldCaptured captured = await Do<HoldCaptured>(Capture(_job, amount) with { CommissionBasisPoints = basisPoints });

        Assert.Equal((new Nano(provided), new Nano(commission)), (captured.Hold.Capture?.ProviderAmount, captured.Hold.Capture?.Commission));
    }

    [SkippableFact]
    public async Task CaptureHold_AboveTheHold_IsCutToIt()
    {
        await Do<HoldPlaced>(Hold(_job, 600));

        HoldCaptured captured = await Do<HoldCaptured>(Capture(_job, long.MaxValue));

        Assert.Equal(new Nano(600), captured.Hold.Capture?.Amount);
        Assert.Equal(new Nano(400), (await Read(Client)).Balance);
    }

    [SkippableFact]
    public async Task CaptureHold_NothingDelivered_ChargesNothingOnce()
    {
        await Do<HoldPlaced>(Hold(_job, 600));

        await Do<HoldCaptured>(Capture(_job, 0) with { Status = CompletionStatus.Failed });

        Assert.True((await Do<HoldCaptured>(Capture(_job, 400))).Repeated);
        Assert.Equal((new Nano(1000), new Nano(1000)), ((await Read(Client)).Balance, (await Read(Client)).Available));
    }

    [SkippableFact]
    public async Task CaptureHold_Repeated_ReturnsTheFirstResultAndPaysOnce()
    {
        await Do<HoldPlaced>(Hold(_job, 600));
        await Do<HoldCaptured>(Capture(_job, 400));

        HoldCaptured repeated = await Do<HoldCaptured>(Capture(_job, 500));

        Assert.True(repeated.Repeated);
        Assert.Equal(new Nano(400), repeated.Hold.Capture?.Amount);
        Assert.Equal(new Nano(600), (await Read(Client)).Balance);
        Assert.Equal(new Nano(380), (await Read(Provider)).Balance);
    }

    [SkippableFact]
    public async Task CaptureHold_AfterExpiryButNotReleased_IsPaid()
    {
        await Do<HoldPlaced>(Hold(_job, 600));
        Database.Clock.Advance(TimeSpan.FromHours(1));

        await Do<HoldCaptured>(Capture(_job, 400));
    }

    [SkippableFact]
    public async Task CaptureHold_AfterRelease_IsRecordedAndNotPaid()
    {
        await Do<HoldPlaced>(Hold(_job, 600));
        await Do<HoldReleased>(new ReleaseHold(_job, "expired"));

        CaptureTooLate late = await Do<CaptureTooLate>(Capture(_job, 700));

        Assert.Equal("expired", late.Hold.Release?.Reason);
        Assert.Equal(Nano.Zero, (await Read(Provider)).Balance);
        Assert.Equal(new Nano(1000), (await Read(Client)).Available);
        LateCompletion recorded = Assert.Single(await Ledger.ListLateCompletionsAsync(Provider, 10, CancellationToken.None));
        Assert.Equal((_job, "worker-1", Model, new Nano(600), Now), (recorded.JobId, recorded.WorkerId, recorded.Model, recorded.UnpaidAmount, recorded.At));
    }

    [SkippableFact]
    public async Task CaptureHold_AfterReleaseTwice_IsRecordedOnce()
    {
        await Do<HoldPlaced>(Hold(_job, 600));
        await Do<HoldReleased>(new ReleaseHold(_job, "expired"));

        await Do<CaptureTooLate>(Capture(_job, 400));
        await Do<CaptureTooLate>(Capture(_job, 400));

        Assert.Single(await Ledger.ListLateCompletionsAsync(Provider, 10, CancellationToken.None));
    }

    [SkippableFact]
    public async Task CaptureHold_NoSuchJob_IsTold() => Assert.Equal(new UnknownJob(_job), await Do(Capture(_job, 1)));

    [SkippableTheory]
    [InlineData("nobody", AccountRefusal.Unknown)]
    [InlineData(Client, AccountRefusal.WrongClass)]
    [InlineData("commission", AccountRefusal.WrongClass)]
    public async Task CaptureHold_PayeeThatIsNoProvider_IsRefusedAndTheHoldStaysOpen(string payee, AccountRefusal reason)
    {
        await Do<HoldPlaced>(Hold(_job, 600));

        Assert.Equal(new AccountRefused(payee, reason), await Do(Capture(_job, 400, payee)));

        Assert.Equal(new Nano(600), (await Read(Client)).Held);
    }

    [SkippableFact]
    public async Task CaptureHold_AccountsClosedMeanwhile_StillSettles()
    {
        await Do<HoldPlaced>(Hold(_job, 600));
        await Do<AccountClosed>(new CloseAccount(Client));
        await Do<AccountClosed>(new CloseAccount(Provider));

        await Do<HoldCaptured>(Capture(_job, 400));

        Assert.Equal(new Nano(380), (await Read(Provider)).Balance);
    }
}
