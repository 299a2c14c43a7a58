using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CocoonOrleans.Inference.Native;

/// <summary>
/// What an engine measures. Names and tags are those of OpenTelemetry's semantic conventions for generative AI where these have one
/// (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/); no tag holds anything of a request but the model's name.
/// </summary>
internal sealed class EngineMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "CocoonOrleans.Inference";

    private const string TokenType = "gen_ai.token.type";

    // Boundaries as the conventions advise them, in seconds.
    private static readonly InstrumentAdvice<double> FirstTokenBoundaries = new()
    {
        HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0],
    };

    private static readonly InstrumentAdvice<double> PerTokenBoundaries = new()
    {
        HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5],
    };

    private readonly TimeProvider _time;
    private readonly Meter _meter;
    private readonly Histogram<double> _firstToken;
    private readonly Histogram<double> _perToken;
    private readonly Histogram<int> _batch;
    private readonly Histogram<double> _nextToken;
    private readonly Counter<long> _tokens;
    private readonly Counter<long> _cached;
    private readonly Counter<long> _preemptions;

    public EngineMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = _meter = meters.Create(MeterName);
        _firstToken = meter.CreateHistogram("gen_ai.server.time_to_first_token", "s", "From a request's arrival to its first token.", advice: FirstTokenBoundaries);
        _perToken = meter.CreateHistogram("gen_ai.server.time_per_output_token", "s", "Time for each token after the first, of complete answers.", advice: PerTokenBoundaries);
        _batch = meter.CreateHistogram<int>("cocoon.engine.batch_size", "{answer}", "Answers that a step went on with.");
        _nextToken = meter.CreateHistogram("cocoon.engine.inter_token_latency", "s", "From one token of an answer to its next.", advice: PerTokenBoundaries);
        _tokens = meter.CreateCounter<long>("cocoon.engine.tokens", "{token}", "Tokens computed: input are those of prompts, output those of answers.");
        _cached = meter.CreateCounter<long>("cocoon.engine.cached_tokens", "{token}", "Tokens of prompts that were in the prefix cache.");
        _preemptions = meter.CreateCounter<long>("cocoon.engine.preemptions", "{answer}", "Answers that gave their part of the key-value cache up and are computed again.");
    }

    /// <summary>Lets the part of each model's key-value cache that is in use be read.</summary>
    public void ObserveCache(Func<IEnumerable<(string Model, double Use)>> read) => _meter.CreateObservableGauge(
        "cocoon.engine.cache_use",
        () => read().Select(cache => new Measurement<double>(cache.Use, Tags(cache.Model))),
        "1",
        "Part of the key-value cache that answers under way hold.");

    /// <summary>A prompt was computed.</summary>
    public void Prefilled(string model, int promptTokens) => _tokens.Add(promptTokens, WithType(model, "input"));

    /// <summary>So many tokens of a prompt were in the prefix cache.</summary>
    public void FoundInCache(string model, int tokens)
    {
        if (tokens > 0)
        {
            _cached.Add(tokens, Tags(model));
        }
    }

    /// <summary>An answer gave its blocks up.</summary>
    public void Preempted(string model) => _preemptions.Add(1, Tags(model));

    /// <summary>An answer's next token came.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="last">When the one before came, as the clock's timestamp.</param>
    /// <returns>Now, as the clock's timestamp.</returns>
    public long Next(string model, long last)
    {
        var now = _time.GetTimestamp();
        _nextToken.Record(_time.GetElapsedTime(last, now).TotalSeconds, Tags(model));
        return now;
    }

    /// <summary>A step went on with so many answers.</summary>
    public void Stepped(string model, int answers) => _batch.Record(answers, Tags(model));

    /// <summary>So many tokens of answers were delivered.</summary>
    public void Delivered(string model, int tokens) => _tokens.Add(tokens, WithType(model, "output"));

    /// <summary>An answer's first token came.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="submitted">When the request came, as the clock's timestamp.</param>
    /// <param name="first">Whether it is the request's first token: of several answers to one prompt one has it.</param>
    /// <returns>Now, as the clock's timestamp.</returns>
    public long Begun(string model, long submitted, bool first = true)
    {
        var now = _time.GetTimestamp();
        if (first)
        {
            _firstToken.Record(_time.GetElapsedTime(submitted, now).TotalSeconds, Tags(model));
        }

        return now;
    }

    /// <summary>An answer is complete.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="begun">When its first token came, as the clock's timestamp.</param>
    /// <param name="tokens">How many tokens it has.</param>
    public void Completed(string model, long begun, int tokens)
    {
        if (tokens > 1)
        {
            _perToken.Record(_time.GetElapsedTime(begun).TotalSeconds / (tokens - 1), Tags(model));
        }
    }

    private static TagList Tags(string model) => new()
    {
        { "gen_ai.operation.name", "text_completion" }, { "gen_ai.provider.name", "cocoon" }, { "gen_ai.request.model", model },
    };

    private static TagList WithType(string model, string type)
    {
        var tags = Tags(model);
        tags.Add(TokenType, type);
        return tags;
    }
}
