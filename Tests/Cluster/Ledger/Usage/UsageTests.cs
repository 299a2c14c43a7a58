using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Usage;
using CocoonOrleans.Market;

namespace CocoonOrleans.Tests.Cluster.Ledger.Usage;

public abstract class UsageTests(LedgerDatabase database) : LedgerSuite(database)
{
    // A Wednesday.
    private static readonly DateOnly Today = new(2026, 11, 25);

    public sealed class OnSqlite() : UsageTests(new SqliteLedgerDatabase());

    public sealed class OnPostgreSql() : UsageTests(new PostgreSqlLedgerDatabase());

    [SkippableFact]
    public async Task GetUsage_BeforeAnyDrain_IsExactForBothSides()
    {
        await Serve(100);
        await Serve(60);

        Assert.Equal([new UsageRow(Today, Model, 2, 0, 0, 20, 8, 14, new Nano(160))], await Usage(Client));
        Assert.Equal([new UsageRow(Today, Model, 2, 0, 0, 20, 8, 14, new Nano(152))], await Usage(Provider));
    }

    [SkippableFact]
    public async Task GetUsage_DrainedInParts_ReadsTheSameAfterEachPart()
    {
        await Serve(100);
        await Serve(60);
        await Serve(1);
        IReadOnlyList<UsageRow> before = await Usage(Client);

        Assert.Equal(2, await Ledger.DrainOutboxAsync(2, CancellationToken.None));
        Assert.Equal(before, await Usage(Client));
        Assert.Equal(1, await Ledger.DrainOutboxAsync(2, CancellationToken.None));
        Assert.Equal(before, await Usage(Client));
        Assert.Equal(0, await Ledger.DrainOutboxAsync(2, CancellationToken.None));
    }

    [SkippableFact]
    public async Task GetUsage_ServedAfterADrain_AddsToTheDay()
    {
        await Serve(100);
        await Ledger.DrainOutboxAsync(10, CancellationToken.None);
        await Serve(60);
        await Ledger.DrainOutboxAsync(10, CancellationToken.None);

        Assert.Equal([new UsageRow(Today, Model, 2, 0, 0, 20, 8, 14, new Nano(160))], await Usage(Client));
    }

    [SkippableFact]
    public async Task GetUsage_ReleasedAndLate_AreCountedButNotCharged()
    {
        Guid job = Guid.CreateVersion7();
        await Do<HoldPlaced>(Hold(job, 100));
        await Do<HoldReleased>(new ReleaseHold(job, "expired"));
        await Do<CaptureTooLate>(Capture(job, 100));

        Assert.Equal([new UsageRow(Today, Model, 0, ReleasedJobs: 1, 0, 0, 0, 0, Nano.Zero)], await Usage(Client));
        Assert.Equal([new UsageRow(Today, Model, 0, 0, LateJobs: 1, 0, 0, 0, Nano.Zero)], await Usage(Provider));
    }

    [SkippableFact]
    public async Task GetUsage_TwoModels_AreApart()
    {
        await Serve(100);
        await Serve(60, model: "another");

        Assert.Equal([("another", 60L), (Model, 100L)], (await Usage(Client)).Select(row => (row.Model, row.Amount.Value)));
    }

    [SkippableTheory]
    [InlineData(UsagePeriod.Day, new[] { "2026-11-25", "2026-11-29", "2026-11-30", "2026-12-01" }, new[] { 1L, 2, 4, 8 })]
    [InlineData(UsagePeriod.Week, new[] { "2026-11-23", "2026-11-30" }, new[] { 3L, 12 })]
    [InlineData(UsagePeriod.Month, new[] { "2026-11-01", "2026-12-01" }, new[] { 7L, 8 })]
    public async Task GetUsage_ByPeriod_SumsItsDays(UsagePeriod period, string[] from, long[] amounts)
    {
        await Serve(1);
        Database.Clock.Advance(TimeSpan.FromDays(4));
        await Serve(2);
        await Ledger.DrainOutboxAsync(10, CancellationToken.None);
        Database.Clock.Advance(TimeSpan.FromDays(1));
        await Serve(4);
        Database.Clock.Advance(TimeSpan.FromDays(1));
        await Serve(8);

        IReadOnlyList<UsageRow> rows = await Ledger.GetUsageAsync(Client, Today, Today.AddDays(10), period, CancellationToken.None);

        Assert.Equal(from.Select(DateOnly.Parse), rows.Select(row => row.From));
        Assert.Equal(amounts, rows.Select(row => row.Amount.Value));
    }

    [SkippableFact]
    public async Task GetUsage_DaysAskedFor_AreInclusive()
    {
        await Serve(1);
        Database.Clock.Advance(TimeSpan.FromDays(1));
        await Serve(2);
        Database.Clock.Advance(TimeSpan.FromDays(1));
        await Serve(4);

        IReadOnlyList<UsageRow> rows = await Ledger.GetUsageAsync(Client, Today, Today.AddDays(1), UsagePeriod.Day, CancellationToken.None);

        Assert.Equal([1L, 2], rows.Select(row => row.Amount.Value));
    }

    [SkippableFact]
    public async Task GetUsage_DaysOutOfOrderOrTooFarApart_Throws()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => Ledger.GetUsageAsync(Client, Today, Today.AddDays(-1), UsagePeriod.Day, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => Ledger.GetUsageAsync(Client, Today, Today.AddDays(401), UsagePeriod.Day, CancellationToken.None));
    }

    private async Task Serve(long amount, string model = Model)
    {
        Guid job = Guid.CreateVersion7();
        await Do<HoldPlaced>(Hold(job, amount) with { Model = model });
        await Do<HoldCaptured>(Capture(job, amount));
    }

    private Task<IReadOnlyList<UsageRow>> Usage(string account) =>
        Ledger.GetUsageAsync(account, Today, Today, UsagePeriod.Day, CancellationToken.None);
}
