using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Market;
using CsCheck;

namespace CocoonOrleans.Tests.Cluster.Jobs;

[Collection(TwoSilosCollection.Name)]
public sealed class JobPropertyTests(TwoSilos silos) : ClusterTest(silos)
{
    private enum Step
    {
        Start,
        Complete,
        Abandon,
    }

    [Fact]
    public async Task Jobs_AnyOrderOfStartsCompletionsAbandonmentsAndRepeats_EndWithExactBalances()
    {
        Gen<(int Account, int Job, Step Step, long Tokens)[]> steps = Gen.Select(
            Gen.Int[0, 2], Gen.Int[0, 7], Gen.Enum<Step>(), Gen.Long[0, 500_000_000]).Array[1, 40];

        await steps.SampleAsync(RunAsync, iter: 25, threads: 1);
    }

    private async Task RunAsync((int Account, int Job, Step Step, long Tokens)[] steps)
    {
        Payer[] payers = [await CreatePayerAsync(), await CreatePayerAsync(), await CreatePayerAsync()];
        var model = payers.Select(_ => new Dictionary<int, (long Held, long? Captured)>()).ToArray();
        Guid[][] ids = [.. payers.Select(_ => Enumerable.Range(0, 8).Select(_ => Guid.NewGuid()).ToArray())];
        foreach ((int account, int job, Step step, long tokens) in steps)
        {
            Payer payer = payers[account];
            Dictionary<int, (long Held, long? Captured)> jobs = model[account];
            bool known = jobs.TryGetValue(job, out (long Held, long? Captured) state);
            switch (step)
            {
                case Step.Start:
                    JobStartResult started = await Job(ids[account][job]).StartAsync(Sample.Start(payer, Now, 0, Math.Max(1, tokens)));
                    long free = TwoSilos.Grant - jobs.Values.Sum(each => each.Captured ?? each.Held);
                    if (known)
                    {
                        Assert.Equal(JobStartStatus.Repeated, started.Status);
                    }
                    else if (Math.Max(1, tokens) <= free)
                    {
                        Assert.Equal((JobStartStatus.Held, new Nano(Math.Max(1, tokens))), (started.Status, started.Held));
                        jobs[job] = (Math.Max(1, tokens), null);
                    }
                    else
                    {
                        Assert.Equal((JobStartStatus.InsufficientBalance, new Nano(tokens - free)), (started.Status, started.Shortfall));
                    }

                    break;
                case Step.Complete:
                    JobCompletionResult completed = await Job(ids[account][job]).CompleteAsync(Sample.Completion(payer, 0, tokens));
                    if (!known)
                    {
                        Assert.Equal(JobCompletionStatus.UnknownJob, completed.Status);
                    }
                    else if (state is { Captured: 0, Held: 0 })
                    {
                        Assert.Equal(JobCompletionStatus.Late, completed.Status);
                    }
                    else
                    {
                        long captured = state.Captured ?? Math.Min(state.Held, tokens);
                        Assert.Equal((JobCompletionStatus.Captured, new Nano(captured)), (completed.Status, completed.Captured));
                        jobs[job] = (state.Held, captured);
                    }

                    break;
                default:
                    JobView? abandoned = await Job(ids[account][job]).AbandonAsync(new JobAbandonment(payer.AccountId, "refused"));
                    Assert.Equal(known, abandoned is not null);
                    if (known && state.Captured is null)
                    {
                        jobs[job] = (0, 0);
                    }

                    break;
            }
        }

        for (int account = 0; account < payers.Length; account++)
        {
            long captured = model[account].Values.Sum(job => job.Captured ?? 0);
            long held = model[account].Values.Where(job => job.Captured is null).Sum(job => job.Held);
            Assert.Equal((TwoSilos.Grant - captured, held), await ReadAsync(payers[account].AccountId));
        }
    }
}
