using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Grains.Sweeping;
using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Usage;
using CocoonOrleans.Market;

namespace CocoonOrleans.Tests.Cluster.Sweeping;

[Collection(TwoSilosCollection.Name)]
public sealed class SweeperGrainTests(TwoSilos silos) : ClusterTest(silos)
{
    private static readonly TimeSpan ExpiryAndGrace = TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(30);

    private readonly Guid _job = Guid.NewGuid();

    [Fact]
    public async Task Sweep_HoldExpiredAndGraceOver_ReleasesIt()
    {
        Payer payer = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(payer, Now));
        Silos.Clock.Advance(ExpiryAndGrace);

        await SweepAllAsync();

        Assert.Equal((TwoSilos.Grant, 0), await ReadAsync(payer.AccountId));
        Assert.Equal("expired", (await Ledger.GetHoldAsync(_job, CancellationToken.None))?.Release?.Reason);
    }

    [Fact]
    public async Task Sweep_WithinTheGrace_LeavesTheHold()
    {
        Payer payer = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(payer, Now));
        Silos.Clock.Advance(ExpiryAndGrace - TimeSpan.FromMilliseconds(1));

        await SweepAllAsync();

        Assert.Equal(JobState.Open, (await Job(_job).GetAsync(payer.AccountId))?.State);
    }

    [Fact]
    public async Task Sweep_CompletedBefore_LeavesTheCharge()
    {
        Payer payer = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(payer, Now));
        await Job(_job).CompleteAsync(Sample.Completion(payer));
        Silos.Clock.Advance(ExpiryAndGrace);

        await SweepAllAsync();

        Assert.Equal((TwoSilos.Grant - 300, 0), await ReadAsync(payer.AccountId));
    }

    [Fact]
    public async Task Complete_AfterTheSweep_IsRefusedAndRecordedOnce()
    {
        Payer payer = await CreatePayerAsync();
        string provider = $"prov-{Guid.NewGuid():N}";
        await Job(_job).StartAsync(Sample.Start(payer, Now));
        Silos.Clock.Advance(ExpiryAndGrace);
        await SweepAllAsync();

        JobCompletionResult first = await Job(_job).CompleteAsync(Sample.Completion(payer, 100, 200, provider));
        JobCompletionResult second = await Job(_job).CompleteAsync(Sample.Completion(payer, 100, 200, provider));

        Assert.Equal((JobCompletionStatus.Late, JobCompletionStatus.Late), (first.Status, second.Status));
        Assert.Equal((TwoSilos.Grant, 0), await ReadAsync(payer.AccountId));
        LateCompletion late = Assert.Single(await Ledger.ListLateCompletionsAsync(provider, 10, CancellationToken.None));
        Assert.Equal((_job, new Nano(300)), (late.JobId, late.UnpaidAmount));
    }

    [Fact]
    public async Task Sweep_ManyExpired_ReleasesEachOnceOverAllShards()
    {
        Payer payer = await CreatePayerAsync();
        var day = DateOnly.FromDateTime(Now.UtcDateTime);
        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Job(Guid.NewGuid()).StartAsync(Sample.Start(payer, Now))));
        Silos.Clock.Advance(ExpiryAndGrace);

        // The sweepers' own timers may come first: who released a hold is not asserted.
        await SweepAllAsync();

        Assert.Equal((TwoSilos.Grant, 0), await ReadAsync(payer.AccountId));
        IReadOnlyList<UsageRow> usage = await Ledger.GetUsageAsync(payer.AccountId, day, day.AddDays(1), UsagePeriod.Day, CancellationToken.None);
        Assert.Equal(64, usage.Sum(row => row.ReleasedJobs));
    }

    [Fact]
    public async Task Sweep_Awake_HappensByItself()
    {
        Payer payer = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(payer, Now));
        await SweepAllAsync();

        Silos.Clock.Advance(TimeSpan.FromMinutes(10));

        await Eventually.GetAsync(
            "the hold released by a sweeper's timer",
            () => Job(_job).GetAsync(payer.AccountId),
            job => job?.State == JobState.Released);
    }

    [Fact]
    public async Task Sweep_UsageInTheOutbox_IsDrainedByTheFirstSweeper()
    {
        Payer payer = await CreatePayerAsync();
        await Job(_job).StartAsync(Sample.Start(payer, Now));
        await Job(_job).CompleteAsync(Sample.Completion(payer));
        Nano before = Assert.Single(await Account(payer.AccountId).GetUsageAsync(1)).Charged;

        SweepResult[] results = await SweepAllAsync();

        Assert.Equal(0, await Ledger.DrainOutboxAsync(1, CancellationToken.None));
        Assert.All(results.Skip(1), result => Assert.Equal(0, result.DrainedEvents));
        Assert.Equal(before, Assert.Single(await Account(payer.AccountId).GetUsageAsync(1)).Charged);
    }

    [Fact]
    public async Task Sweeper_KeyOutOfRange_DoesNotActivate() =>
        await Assert.ThrowsAnyAsync<Exception>(() => Silos.Client.GetGrain<ISweeperGrain>(ISweeperGrain.Count).SweepAsync());

    private async Task<SweepResult[]> SweepAllAsync()
    {
        var results = new SweepResult[ISweeperGrain.Count];
        for (int shard = 0; shard < results.Length; shard++)
        {
            results[shard] = await Silos.Client.GetGrain<ISweeperGrain>(shard).SweepAsync();
        }

        return results;
    }
}
