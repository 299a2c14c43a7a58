using System.Diagnostics;
using System.Diagnostics.Metrics;
using CocoonOrleans.Sealing;
using CocoonOrleans.WorkerHost.Jobs;
using CocoonOrleans.WorkerHost.Receipts;

namespace CocoonOrleans.WorkerHost.Metrics;

/// <summary>What the worker measures of its jobs; tokens and their times are measured by the engine. Labels are models and short codes; never a prompt, an answer or who asked.</summary>
public sealed class WorkerMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "CocoonOrleans.WorkerHost";

    private readonly TimeProvider _time;
    private readonly Counter<long> _jobs;
    private readonly Counter<long> _rejections;
    private readonly Histogram<double> _duration;

    /// <summary>Made once for the process.</summary>
    public WorkerMetrics(IMeterFactory meters, JobGate gate, ReceiptStore receipts, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _time = time;
        Meter meter = meters.Create(MeterName);
        _jobs = meter.CreateCounter<long>("cocoon.worker.jobs", "{job}", "Jobs by how they ended: complete, cancelled, failed or the code of a refusal.");
        _rejections = meter.CreateCounter<long>("cocoon.worker.sealing.rejections", "{request}", "Sealed requests that can't be taken, by what is wrong with them; from outside all are sealing.rejected.");
        _duration = meter.CreateHistogram<double>("cocoon.worker.job.duration", "s", "From a job's being taken to its end.");
        meter.CreateObservableGauge("cocoon.worker.jobs.running", () => gate.Running, "{job}", "Jobs that were taken and have not ended.");
        meter.CreateObservableGauge("cocoon.worker.slots.free", () => gate.FreeSlots, "{slot}", "Jobs that would be taken now.");
        meter.CreateObservableGauge("cocoon.worker.receipts.pending", () => receipts.Count, "{receipt}", "Receipts that no gateway has acknowledged yet.");
    }

    /// <summary>A job was refused.</summary>
    /// <param name="code">Why.</param>
    public void Refused(string code) => _jobs.Add(1, new KeyValuePair<string, object?>("outcome", code));

    /// <summary>A sealed request can't be taken.</summary>
    /// <param name="fault">What is wrong with it.</param>
    public void Rejected(SealingFault fault) => _rejections.Add(1, new KeyValuePair<string, object?>("fault", fault.ToString()));

    /// <summary>A job ended.</summary>
    /// <param name="model">Its model.</param>
    /// <param name="outcome">complete, cancelled or failed.</param>
    /// <param name="taken">The clock's timestamp when it was taken.</param>
    public void Ended(string model, string outcome, long taken)
    {
        var tags = new TagList { { "model", model }, { "outcome", outcome } };
        _jobs.Add(1, tags);
        _duration.Record(_time.GetElapsedTime(taken).TotalSeconds, tags);
    }
}
