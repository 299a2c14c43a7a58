using CocoonOrleans.Grains.Workers;

namespace CocoonOrleans.Tests.Cluster.Jobs;

[Collection(TwoSilosCollection.Name)]
public sealed class GrainCallCountTests(TwoSilos silos) : ClusterTest(silos)
{
    [Fact]
    public async Task Request_FromHoldToRelease_CostsSixGrainCalls()
    {
        Payer payer = await CreatePayerAsync();
        string worker = Sample.NewWorkerId();
        WorkerSession session = await Worker(worker).RegisterAsync(Sample.Registration(Sample.NewModel()));
        var job = Guid.NewGuid();
        string flow = $"{job}";
        RequestContext.Set(CallRecorder.FlowKey, flow);

        await Job(job).StartAsync(Sample.Start(payer, Now));
        LeaseResult lease = await Worker(worker).TryLeaseAsync(Sample.Lease(session.Epoch, Now, job));
        await Job(job).CompleteAsync(Sample.Completion(payer) with { WorkerId = worker });
        await Worker(worker).ReleaseAsync(new LeaseRelease(lease.LeaseId!.Value, job, LeaseOutcome.Completed));

        Assert.Equal(
            [
                "job.StartAsync", "clientaccount.HoldAsync",
                "worker.TryLeaseAsync",
                "job.CompleteAsync", "clientaccount.CaptureAsync",
                "worker.ReleaseAsync",
            ],
            Silos.Calls.CallsOf(flow));
    }
}
