using System.Diagnostics.Metrics;
using CocoonOrleans.Tests.Unit.Tunnel;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Metrics;

public sealed class WorkerMetricsTests
{
    [Fact]
    public async Task Jobs_CompleteFailedAndRefused_AreCountedOnceEach()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync(
            "Hello", ("Scripted:Rules:0:WhenPromptContains", "fail"), ("Scripted:Rules:0:FailAfterTokens", "2"), ("Scripted:Rules:1:Answer", "Hello"));
        using var counted = new CountedJobs(worker.Services.GetRequiredService<IMeterFactory>());

        await worker.AskAsync(RunningWorker.Dispatch(1));
        await worker.AskAsync(RunningWorker.Dispatch(2), RunningWorker.Chat("fail"));
        await worker.AskAsync(RunningWorker.Dispatch(3) with { Model = "other" });

        Assert.Equal(["complete", "failed", JobErrorCodes.ModelNotServed], counted.Outcomes);
    }

    [Fact]
    public async Task Jobs_LetGo_AreCountedAsCancelled()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello", ("Scripted:Rules:0:Behaviour", "Hang"));
        using var counted = new CountedJobs(worker.Services.GetRequiredService<IMeterFactory>());

        await (await worker.SendAsync()).DisposeAsync();

        await Condition.HoldsAsync(() => counted.Outcomes.Count == 1, "the job is counted");
        Assert.Equal("cancelled", counted.Outcomes[0]);
    }

    /// <summary>The outcomes of one worker's jobs: other tests' workers measure beside it in this process.</summary>
    private sealed class CountedJobs : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly List<string> _outcomes = [];

        public CountedJobs(IMeterFactory meters)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Meter.Name == WorkerMetrics.MeterName && instrument.Name == "cocoon.worker.jobs")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
            {
                foreach (KeyValuePair<string, object?> tag in tags)
                {
                    if (tag.Key == "outcome")
                    {
                        lock (_outcomes)
                        {
                            _outcomes.Add((string)tag.Value!);
                        }
                    }
                }
            });
            _listener.Start();
        }

        public IReadOnlyList<string> Outcomes
        {
            get
            {
                lock (_outcomes)
                {
                    return [.. _outcomes];
                }
            }
        }

        public void Dispose() => _listener.Dispose();
    }
}
