using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Market;
using Orleans.TestingHost;

namespace CocoonOrleans.Tests.Cluster.Jobs;

/// <summary>On silos of its own, since it kills one.</summary>
public sealed class SiloLossTests : IAsyncLifetime
{
    private readonly TwoSilos _silos = new();

    public Task InitializeAsync() => _silos.InitializeAsync();

    public Task DisposeAsync() => _silos.DisposeAsync();

    [Fact]
    public async Task Job_SiloKilledBetweenHoldAndCompletion_RetryReturnsTheFirstHoldAndChargesOnce()
    {
        Payer payer = await Payer.CreateAsync(_silos);
        Guid[] jobs = [.. Enumerable.Range(0, 8).Select(_ => Guid.NewGuid())];
        foreach (Guid job in jobs)
        {
            Assert.Equal(JobStartStatus.Held, (await Job(job).StartAsync(Sample.Start(payer, _silos.Now))).Status);
        }

        InProcessSiloHandle killed = _silos.Cluster.Silos[1];
        await _silos.Cluster.KillSiloAsync(killed);

        foreach (Guid job in jobs)
        {
            JobStartResult again = await RetryAsync(() => Job(job).StartAsync(Sample.Start(payer, _silos.Now)));
            Assert.Equal((JobStartStatus.Repeated, new Nano(1000)), (again.Status, again.Held));
            JobCompletionResult completed = await RetryAsync(() => Job(job).CompleteAsync(Sample.Completion(payer)));
            Assert.Equal((JobCompletionStatus.Captured, new Nano(300)), (completed.Status, completed.Captured));
        }

        JobView? last = await Job(jobs[0]).GetAsync(payer.AccountId);
        Assert.Equal(JobState.Captured, last?.State);
        Assert.Empty(await _silos.Ledgers[0].CheckInvariantsAsync(CancellationToken.None));
        Assert.Equal(new Nano(TwoSilos.Grant - (8 * 300)), (await _silos.Ledgers[0].GetAccountAsync(payer.AccountId, CancellationToken.None))?.Balance);
    }

    private IJobGrain Job(Guid id) => _silos.Client.GetGrain<IJobGrain>(id);

    /// <summary>What a gateway does with a call that got no answer.</summary>
    private static async Task<T> RetryAsync<T>(Func<Task<T>> call)
    {
        T? answer = default;
        await Eventually.GetAsync(
            "an answer of the silo that is left",
            async () =>
            {
                try
                {
                    answer = await call();
                    return "answered";
                }
                catch (Exception error)
                {
                    return error.Message;
                }
            },
            seen => seen == "answered");
        return answer!;
    }
}
