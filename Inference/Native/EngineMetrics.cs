using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CocoonOrleans.Inference.Native;

/// <summary>What an engine measures. Tags hold the model's name and nothing of a request.</summary>
internal sealed class EngineMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "CocoonOrleans.Inference";

    private readonly TimeProvider _time;
    private readonly Histogram<double> _firstToken;
    private readonly Histogram<double> _nextToken;
    private readonly Histogram<int> _batch;
    private readonly Counter<long> _tokens;

    public EngineMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(MeterName);
        _firstToken = meter.CreateHistogram<double>("cocoon.engine.ttft", "s", "From a request's arrival to its first token.");
        _nextToken = meter.CreateHistogram<double>("cocoon.engine.inter_token", "s", "Between two tokens of an answer.");
        _batch = meter.CreateHistogram<int>("cocoon.engine.batch_size", "{answer}", "Answers that a step went on with.");
        _tokens = meter.CreateCounter<long>("cocoon.engine.tokens", "{token}", "Tokens computed, by kind: prompt or completion.");
    }

    /// <summary>A prompt was computed.</summary>
    public void Prefilled(string model, int promptTokens) => _tokens.Add(promptTokens, Tags(model, "prompt"));

    /// <summary>A step went on with so many answers.</summary>
    public void Stepped(string model, int answers) => _batch.Record(answers, new TagList { { "model", model } });

    /// <summary>A token was delivered.</summary>
    /// <returns>Now, as the clock's timestamp.</returns>
    public long Delivered(string model, bool first, long lastEvent)
    {
        var now = _time.GetTimestamp();
        (first ? _firstToken : _nextToken).Record(_time.GetElapsedTime(lastEvent, now).TotalSeconds, new TagList { { "model", model } });
        _tokens.Add(1, Tags(model, "completion"));
        return now;
    }

    private static TagList Tags(string model, string kind) => new() { { "model", model }, { "kind", kind } };
}
