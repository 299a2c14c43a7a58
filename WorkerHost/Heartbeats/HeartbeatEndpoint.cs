using System.Text.Json;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Hosting;
using CocoonOrleans.WorkerHost.Jobs;
using CocoonOrleans.WorkerHost.Offers;
using CocoonOrleans.WorkerHost.Receipts;
using CocoonOrleans.WorkerHost.Sealing;

namespace CocoonOrleans.WorkerHost.Heartbeats;

/// <summary>The endless stream in which a gateway sees this worker's load.</summary>
internal sealed class HeartbeatEndpoint(IInferenceEngine engine, JobGate gate, ReceiptStore receipts, WorkerStatements statements, StandingOffers offers, WorkerDrain drain, ProviderPause pause, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Writes a line at once and then each second, until the gateway lets go or the worker has drained.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Drained);
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            do
            {
                await JsonSerializer.SerializeAsync(context.Response.Body, Now(), TunnelJson.Default.Heartbeat, over.Token);
                await context.Response.Body.WriteAsync("\n"u8.ToArray(), over.Token);
                await context.Response.Body.FlushAsync(over.Token);
            }
            while (await timer.WaitForNextTickAsync(over.Token));
        }
        catch (OperationCanceledException)
        {
            // The stream ends, which is all that there is to say.
        }
    }

    private Heartbeat Now()
    {
        EngineStatistics statistics = engine.Statistics;
        return new Heartbeat(gate.Running, statistics.Queued, gate.FreeSlots, statistics.TokensPerSecond, gate.IsDraining || pause.IsPaused, receipts.Count, statements.Hash.ToString(), offers.Sha256);
    }
}
