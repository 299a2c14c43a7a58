using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market;

namespace CocoonOrleans.Tests.Cluster.Ledger.Holds;

public abstract class ReleaseHoldTests(LedgerDatabase database) : LedgerSuite(database)
{
    private readonly Guid _job = Guid.CreateVersion7();

    public sealed class OnSqlite() : ReleaseHoldTests(new SqliteLedgerDatabase());

    public sealed class OnPostgreSql() : ReleaseHoldTests(new PostgreSqlLedgerDatabase());

    [SkippableFact]
    public async Task ReleaseHold_Open_GivesAllBack()
    {
        await Do<HoldPlaced>(Hold(_job, 600));

        HoldReleased released = await Do<HoldReleased>(new ReleaseHold(_job, "no_capacity"));

        Assert.False(released.Repeated);
        Assert.Equal(new HoldRelease("no_capacity", Now), released.Hold.Release);
        Assert.Equal(new Nano(1000), (await Read(Client)).Available);
    }

    [SkippableFact]
    public async Task ReleaseHold_Repeated_ReturnsTheFirstResult()
    {
        await Do<HoldPlaced>(Hold(_job, 600));
        await Do<HoldReleased>(new ReleaseHold(_job, "no_capacity"));

        HoldReleased repeated = await Do<HoldReleased>(new ReleaseHold(_job, "expired"));

        Assert.True(repeated.Repeated);
        Assert.Equal("no_capacity", repeated.Hold.Release?.Reason);
        Assert.Equal(new Nano(1000), (await Read(Client)).Available);
    }

    [SkippableFact]
    public async Task ReleaseHold_Captured_ChangesNothing()
    {
        await Do<HoldPlaced>(Hold(_job, 600));
        await Do<HoldCaptured>(Capture(_job, 400));

        AlreadyCaptured captured = await Do<AlreadyCaptured>(new ReleaseHold(_job, "expired"));

        Assert.Equal(new Nano(400), captured.Hold.Capture?.Amount);
        Assert.Equal(new Nano(600), (await Read(Client)).Available);
    }

    [SkippableFact]
    public async Task ReleaseHold_NoSuchJob_IsTold() => Assert.Equal(new UnknownJob(_job), await Do(new ReleaseHold(_job, "expired")));

    [SkippableFact]
    public async Task ListExpiredHolds_AtExpiry_ListsTheOpenOnesOldestFirst()
    {
        Guid second = Guid.CreateVersion7();
        await Do<HoldPlaced>(Hold(_job, 100) with { ExpiresAt = Now.AddSeconds(20) });
        await Do<HoldPlaced>(Hold(second, 100) with { ExpiresAt = Now.AddSeconds(10) });
        await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 100) with { ExpiresAt = Now.AddSeconds(21) });
        Guid settled = Guid.CreateVersion7();
        await Do<HoldPlaced>(Hold(settled, 100) with { ExpiresAt = Now.AddSeconds(1) });
        await Do<HoldReleased>(new ReleaseHold(settled, "no_capacity"));

        IReadOnlyList<Hold> expired = await Ledger.ListExpiredHoldsAsync(Now.AddSeconds(20), shard: 0, shards: 1, 10, CancellationToken.None);

        Assert.Equal([second, _job], expired.Select(hold => hold.JobId));
    }

    [SkippableFact]
    public async Task ListExpiredHolds_InShards_ListsEachHoldInExactlyOne()
    {
        Guid[] jobs = [.. Enumerable.Range(0, 50).Select(_ => Guid.CreateVersion7())];
        await Ledger.ExecuteAsync([.. jobs.Select(job => Hold(job, 1))], CancellationToken.None);

        List<Guid> listed = [];
        for (int shard = 0; shard < 16; shard++)
        {
            listed.AddRange((await Ledger.ListExpiredHoldsAsync(Now.AddHours(1), shard, 16, 100, CancellationToken.None)).Select(hold => hold.JobId));
        }

        Assert.Equal(jobs.Order(), listed.Order());
    }

    [SkippableFact]
    public async Task ListExpiredHolds_MoreThanTheLimit_ListsThatMany()
    {
        await Ledger.ExecuteAsync([.. Enumerable.Range(0, 5).Select(_ => Hold(Guid.CreateVersion7(), 1))], CancellationToken.None);

        Assert.Equal(3, (await Ledger.ListExpiredHoldsAsync(Now.AddHours(1), 0, 1, 3, CancellationToken.None)).Count);
    }

    [SkippableTheory]
    [InlineData(0, 0, 1)]
    [InlineData(0, 257, 1)]
    [InlineData(-1, 16, 1)]
    [InlineData(16, 16, 1)]
    [InlineData(0, 16, 0)]
    [InlineData(0, 16, 1001)]
    public async Task ListExpiredHolds_NumberOutOfRange_Throws(int shard, int shards, int limit) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Ledger.ListExpiredHoldsAsync(Now, shard, shards, limit, CancellationToken.None));
}
