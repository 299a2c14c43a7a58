using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Receipts;

/// <summary>How long a worker keeps what it is owed.</summary>
public sealed class ReceiptStoreTests
{
    [Fact]
    public async Task Receipt_Acknowledged_IsForgotten()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        await worker.AskAsync(RunningWorker.Dispatch(1));
        await worker.AskAsync(RunningWorker.Dispatch(2));
        await worker.Tunnel.AcknowledgeReceiptAsync(RunningWorker.JobId(1), default);
        await worker.Tunnel.AcknowledgeReceiptAsync(RunningWorker.JobId(1), default);
        Assert.Equal(RunningWorker.JobId(2), Assert.Single(await worker.KeptAsync(1)).JobId);
    }

    /// <summary>The key that signed it is gone with the first start: it must be the same bytes.</summary>
    [Fact]
    public async Task Receipt_NotAcknowledged_IsDeliveredAfterARestartThroughAnotherGateway()
    {
        using var data = new TemporaryFolder();
        (string, string)[] settings = [("Engine", "scripted"), ("Scripted:Rules:0:Answer", "Hello")];
        Answer answer;
        await using (RunningWorker worker = await RunningWorker.StartAsync(settings, data))
            answer = await worker.AskAsync();

        await using RunningWorker restarted = await RunningWorker.StartAsync(settings, data);
        KeptReceipt kept = Assert.Single(await restarted.Tunnel.GetReceiptsAsync(default));
        Assert.Equal(answer.Final!.Receipt.Receipt.ToArray(), kept.Receipt);
        Assert.Equal(answer.Final.Receipt.Signature.ToArray(), kept.Signature);
        Assert.Equal("dGVybXM", kept.Terms);
    }

    [Fact]
    public async Task Receipt_HalfWritten_DoesNotKeepTheWorkerFromStarting()
    {
        using var data = new TemporaryFolder();
        Directory.CreateDirectory(data.File("receipts"));
        await File.WriteAllTextAsync(Path.Combine(data.File("receipts"), "job-1~lease-1.json"), "{\"receipt\":\"eyJ2");
        await using RunningWorker worker = await RunningWorker.StartAsync([("Engine", "scripted"), ("Scripted:Rules:0:Answer", "Hello")], data);
        Assert.Empty(await worker.Tunnel.GetReceiptsAsync(default));
        Assert.Equal("Hello", (await worker.AskAsync()).Text);
    }

    [Fact]
    public async Task Heartbeats_OfAWorkerThatIsOwed_SaySo()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        await worker.AskAsync();
        await foreach (Heartbeat beat in worker.Tunnel.HeartbeatsAsync(default))
        {
            Assert.Equal((1, 2, 0, false), (beat.PendingReceipts, beat.FreeSlots, beat.Running, beat.Draining));
            Assert.Equal((await worker.StatementAsync()).Hash.ToString(), beat.StatementSha256);
            break;
        }
    }
}
