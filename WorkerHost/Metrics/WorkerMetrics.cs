using System.Diagnostics;
using System.Diagnostics.Metrics;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.WorkerHost.Jobs;
using CocoonOrleans.WorkerHost.Usage;

namespace CocoonOrleans.WorkerHost.Metrics;

/// <summary>What the worker measures. Labels are models and short codes; never a prompt, an answer or who asked.</summary>
public sealed class WorkerMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "CocoonOrleans.WorkerHost";

    private readonly TimeProvider _time;
    private readonly Counter<long> _jobs;
    private readonly Counter<long> _tokens;
    private readonly Histogram<double> _firstToken;
    private readonly Histogram<double> _duration;

    /// <summary>Made once for the process.</summary>
    public WorkerMetrics(IMeterFactory meters, JobGate gate, UsageReportStore reports, IInferenceEngine engine, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _time = time;
        Meter meter = meters.Create(MeterName);
        _jobs = meter.CreateCounter<long>("cocoon.worker.jobs", "{job}", "Jobs by how they ended: complete, cancelled, failed or the code of a refusal.");
        _tokens = meter.CreateCounter<long>("gen_ai.server.tokens", "{token}", "Tokens of prompts (input) and answers (output).");
        _firstToken = meter.CreateHistogram<double>("gen_ai.server.time_to_first_token", "s", "From a job's being taken to its first token.");
        _duration = meter.CreateHistogram<double>("gen_ai.server.request.duration", "s", "From a job's being taken to its end.");
        meter.CreateObservableGauge("cocoon.worker.jobs.running", () => gate.Running, "{job}", "Jobs that were taken and have not ended.");
        meter.CreateObservableGauge("cocoon.worker.slots.free", () => gate.FreeSlots, "{slot}", "Jobs that would be taken now.");
        meter.CreateObservableGauge("cocoon.worker.tokens_per_second", () => engine.Statistics.TokensPerSecond, "{token}/s", "Tokens generated a second, over the last seconds.");
        meter.CreateObservableGauge("cocoon.worker.usage_reports.pending", () => reports.Count, "{report}", "Usage reports that no gateway has acknowledged yet.");
    }

    /// <summary>A job was refused.</summary>
    /// <param name="code">Why.</param>
    public void Refused(string code) => _jobs.Add(1, new KeyValuePair<string, object?>("outcome", code));

    /// <summary>A job got its first token.</summary>
    /// <param name="model">Its model.</param>
    /// <param name="taken">The clock's timestamp when it was taken.</param>
    public void FirstToken(string model, long taken) =>
        _firstToken.Record(_time.GetElapsedTime(taken).TotalSeconds, new KeyValuePair<string, object?>("model", model));

    /// <summary>A job ended.</summary>
    /// <param name="model">Its model.</param>
    /// <param name="outcome">complete, cancelled or failed.</param>
    /// <param name="usage">What it used.</param>
    /// <param name="taken">The clock's timestamp when it was taken.</param>
    public void Ended(string model, string outcome, GenerationUsage usage, long taken)
    {
        _jobs.Add(1, new TagList { { "model", model }, { "outcome", outcome } });
        _tokens.Add(usage.PromptTokens, new TagList { { "model", model }, { "type", "input" } });
        _tokens.Add(usage.CompletionTokens, new TagList { { "model", model }, { "type", "output" } });
        _duration.Record(_time.GetElapsedTime(taken).TotalSeconds, new TagList { { "model", model }, { "outcome", outcome } });
    }
}
