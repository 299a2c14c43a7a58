using System.Diagnostics;
using System.Diagnostics.Metrics;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Metrics;

/// <summary>What the gateway measures. Labels are models and short codes; never a key, a prompt or an end user.</summary>
public sealed class GatewayMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "CocoonOrleans.Gateway";

    private readonly TimeProvider _time;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstToken;
    private readonly Histogram<double> _stage;
    private readonly UpDownCounter<long> _streams;
    private readonly Counter<long> _evidence;
    private readonly Counter<long> _unpaid;
    private readonly Counter<long> _replayed;

    /// <summary>Made once for the process.</summary>
    public GatewayMetrics(IMeterFactory meters, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _time = time;
        Meter meter = meters.Create(MeterName);
        _duration = meter.CreateHistogram<double>("gen_ai.server.request.duration", "s", "From the request's arrival to the end of its answer.");
        _firstToken = meter.CreateHistogram<double>("gen_ai.server.time_to_first_token", "s", "From the request's arrival to its first token.");
        _stage = meter.CreateHistogram<double>("cocoon.gateway.stage.duration", "s", "The parts of a request.");
        _streams = meter.CreateUpDownCounter<long>("cocoon.gateway.streams.open", "{stream}", "Answers under way.");
        _evidence = meter.CreateCounter<long>("cocoon.gateway.evidence", "{statement}", "Workers' statements whose evidence was judged: accepted, or the code of the refusal.");
        _unpaid = meter.CreateCounter<long>("cocoon.gateway.unpaid", "{job}", "Jobs of which something was delivered and no valid receipt was at hand.");
        _replayed = meter.CreateCounter<long>("cocoon.gateway.replayed", "{answer}", "Answers that were given again to a repeat of their request.");
    }

    /// <summary>Something was delivered, and no valid receipt says what it used.</summary>
    /// <param name="reason">The short code of why.</param>
    public void Unpaid(string reason) => _unpaid.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>A repeat got the answer of the first request.</summary>
    /// <param name="state">What that was: running, ended, or adopted.</param>
    public void Replayed(string state) => _replayed.Add(1, new KeyValuePair<string, object?>("state", state));

    /// <summary>Measures a stage until it is disposed: auth, hold, lease or capture.</summary>
    public StageTimer Stage(string stage) => new(this, stage);

    /// <summary>An answer has begun (1) or ended (-1).</summary>
    public void StreamsOpen(int change, string model) => _streams.Add(change, new KeyValuePair<string, object?>("model", model));

    /// <summary>The evidence behind a worker's statement was judged.</summary>
    /// <param name="refusal">The code of the refusal; null where it was accepted.</param>
    /// <param name="assurance">What stands behind it; null where it was refused.</param>
    public void Evidence(string? refusal, Assurance? assurance) => _evidence.Add(
        1,
        new KeyValuePair<string, object?>("outcome", refusal ?? "accepted"),
        new KeyValuePair<string, object?>("assurance", assurance?.ToString().ToLowerInvariant() ?? "none"));

    /// <summary>A request got its first token.</summary>
    /// <param name="arrived">The clock's timestamp at its arrival.</param>
    /// <param name="model">The model.</param>
    public void FirstToken(long arrived, string model) =>
        _firstToken.Record(_time.GetElapsedTime(arrived).TotalSeconds, new KeyValuePair<string, object?>("model", model));

    /// <summary>A worker sent its first token.</summary>
    /// <param name="sent">The clock's timestamp when the job was sent to it.</param>
    public void FirstRecord(long sent) =>
        _stage.Record(_time.GetElapsedTime(sent).TotalSeconds, new KeyValuePair<string, object?>("stage", "first_record"));

    /// <summary>A request was answered.</summary>
    /// <param name="arrived">The clock's timestamp at its arrival.</param>
    /// <param name="model">The model of the catalogue; null where the request was refused before it was known.</param>
    /// <param name="tier">The tier that served it; null where none did.</param>
    /// <param name="error">The error's code; null for a good answer.</param>
    public void Request(long arrived, string? model, TrustTier? tier, string? error)
    {
        var tags = new TagList { { "lane", "default" } };
        if (tier is { } served)
        {
            tags.Add("tier", served.ToName());
        }

        if (model is not null)
        {
            tags.Add("model", model);
        }

        if (error is not null)
        {
            tags.Add("error", error);
        }

        _duration.Record(_time.GetElapsedTime(arrived).TotalSeconds, tags);
    }

    /// <summary>A stage that is being measured.</summary>
    public readonly struct StageTimer(GatewayMetrics metrics, string stage) : IDisposable
    {
        private readonly long _since = metrics._time.GetTimestamp();

        /// <summary>Ends the stage.</summary>
        public void Dispose() =>
            metrics._stage.Record(metrics._time.GetElapsedTime(_since).TotalSeconds, new KeyValuePair<string, object?>("stage", stage));
    }
}
