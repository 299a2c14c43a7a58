using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Usage;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Usage;

/// <summary>How long a worker keeps what it is owed.</summary>
public sealed class UsageReportTests
{
    [Fact]
    public async Task Report_Acknowledged_IsForgotten()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        await worker.AskAsync(RunningWorker.Dispatch("job-1"));
        await worker.AskAsync(RunningWorker.Dispatch("job-2"));
        await worker.Tunnel.AcknowledgeUsageAsync("job-1", default);
        await worker.Tunnel.AcknowledgeUsageAsync("job-1", default);
        Assert.Equal("job-2", Assert.Single(await worker.ReportsAsync(1)).JobId);
    }

    [Fact]
    public async Task Report_NotAcknowledged_IsDeliveredAfterARestartThroughAnotherGateway()
    {
        using var data = new TemporaryFolder();
        (string, string)[] settings = [("Engine", "scripted"), ("Scripted:Rules:0:Answer", "Hello")];
        JobFinal? final;
        await using (RunningWorker worker = await RunningWorker.StartAsync(settings, data))
            final = (await worker.AskAsync()).Final;
        await using RunningWorker restarted = await RunningWorker.StartAsync(settings, data);
        SignedUsageReport kept = Assert.Single(await restarted.Tunnel.GetUsageReportsAsync(default));
        Assert.Equal(final!.Usage.Report, kept.Report);
        Assert.Equal(final.Usage.Signature, kept.Signature);
    }

    [Fact]
    public async Task Report_HalfWritten_DoesNotKeepTheWorkerFromStarting()
    {
        using var data = new TemporaryFolder();
        Directory.CreateDirectory(data.File("usage"));
        await File.WriteAllTextAsync(Path.Combine(data.File("usage"), "job-1~lease-1.json"), "{\"report\":\"eyJ2");
        await using RunningWorker worker = await RunningWorker.StartAsync([("Engine", "scripted"), ("Scripted:Rules:0:Answer", "Hello")], data);
        Assert.Empty(await worker.Tunnel.GetUsageReportsAsync(default));
        Assert.Equal("Hello", (await worker.AskAsync()).Text);
    }

    [Fact]
    public async Task Heartbeats_OfAWorkerThatIsOwed_SaySo()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        await worker.AskAsync();
        await foreach (Heartbeat beat in worker.Tunnel.HeartbeatsAsync(default))
        {
            Assert.Equal((1, 2, 0, false), (beat.PendingUsageReports, beat.FreeSlots, beat.Running, beat.Draining));
            break;
        }
    }
}
