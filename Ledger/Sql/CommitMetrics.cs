using System.Diagnostics.Metrics;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>The commits of SQLite writers, by what they write: meter <c>CocoonOrleans.Ledger</c>, label <c>kind</c>.</summary>
internal static class CommitMetrics
{
    private static readonly Meter Meter = new("CocoonOrleans.Ledger");

    private static readonly Histogram<int> Batch = Meter.CreateHistogram<int>("cocoon.ledger.commit.batch", "{call}", "Calls that shared a commit");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("cocoon.ledger.commit.duration", "s", "From begin to durable");

    /// <summary>Counts a commit that is durable.</summary>
    public static void Record(string kind, int calls, TimeSpan duration)
    {
        KeyValuePair<string, object?> label = new("kind", kind);
        Batch.Record(calls, label);
        Duration.Record(duration.TotalSeconds, label);
    }
}
