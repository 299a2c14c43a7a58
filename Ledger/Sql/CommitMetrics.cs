using System.Diagnostics.Metrics;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>The commits of writers, by what they write: meter <c>CocoonOrleans.Ledger</c>, label <c>kind</c>.</summary>
internal static class CommitMetrics
{
    private static readonly Meter Meter = new("CocoonOrleans.Ledger");

    private static readonly Histogram<int> Batch = Meter.CreateHistogram<int>("cocoon.ledger.commit.batch", "{call}", "Calls that shared a commit");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("cocoon.ledger.commit.duration", "s", "From begin to durable");

    private static readonly Counter<long> Apart = Meter.CreateCounter<long>(
        "cocoon.ledger.commit.apart", "{commit}", "Commits that were undone and done again, each piece for itself");

    /// <summary>Counts a batch that is done again, each piece for itself.</summary>
    public static void RecordApart(string kind) => Apart.Add(1, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>Counts a commit that is durable.</summary>
    public static void Record(string kind, int calls, TimeSpan duration)
    {
        KeyValuePair<string, object?> label = new("kind", kind);
        Batch.Record(calls, label);
        Duration.Record(duration.TotalSeconds, label);
    }
}
