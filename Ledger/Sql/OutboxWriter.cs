using System.Data.Common;
using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>Writes what became of jobs into the outbox, and drains it into the daily sums.</summary>
internal sealed class OutboxWriter(SqlStatements statements)
{
    private readonly SqlStatement _insert = statements.Prepare(
        """
        INSERT INTO outbox (kind, job_id, day, model, client_account_id, provider_account_id,
                            prompt_tokens, cached_tokens, completion_tokens, charged, earned)
        VALUES ($kind, $job, $day, $model, $client, $provider, $prompt, $cached, $completion, $charged, $earned)
        """);

    private readonly SqlStatement _last = statements.Prepare(
        "SELECT max(sequence), count(*) FROM (SELECT sequence FROM outbox ORDER BY sequence LIMIT $limit) o");

    // "WHERE true": without it SQLite's parser takes ON for a join's.
    private readonly SqlStatement _sum = statements.Prepare(
        """
        INSERT INTO usage_days (account_id, day, model, jobs, released_jobs, late_jobs, prompt_tokens, cached_tokens, completion_tokens, amount)
        SELECT account_id, day, model, sum(jobs), sum(released_jobs), sum(late_jobs), sum(prompt_tokens), sum(cached_tokens), sum(completion_tokens), sum(amount)
        FROM outbox_usage WHERE sequence <= $last GROUP BY account_id, day, model
        ON CONFLICT (account_id, day, model) DO UPDATE SET
            jobs = usage_days.jobs + excluded.jobs,
            released_jobs = usage_days.released_jobs + excluded.released_jobs,
            late_jobs = usage_days.late_jobs + excluded.late_jobs,
            prompt_tokens = usage_days.prompt_tokens + excluded.prompt_tokens,
            cached_tokens = usage_days.cached_tokens + excluded.cached_tokens,
            completion_tokens = usage_days.completion_tokens + excluded.completion_tokens,
            amount = usage_days.amount + excluded.amount
        """);

    private readonly SqlStatement _delete = statements.Prepare("DELETE FROM outbox WHERE sequence <= $last");

    public void Captured(Hold hold, CaptureHold capture, Nano charged, Nano earned, DateTimeOffset now) =>
        Insert("captured", hold, capture.ProviderAccountId, capture.Usage, charged, earned, now);

    public void Released(Hold hold, DateTimeOffset now) => Insert("released", hold, null, default, Nano.Zero, Nano.Zero, now);

    public void Late(Hold hold, string provider, DateTimeOffset now) => Insert("late", hold, provider, default, Nano.Zero, Nano.Zero, now);

    /// <summary>Moves the oldest events, at most <paramref name="limit"/>, into the daily sums.</summary>
    public int Drain(int limit)
    {
        (long last, int count) = Oldest(limit);
        if (count > 0)
        {
            _sum.Run(("$last", last));
            _delete.Run(("$last", last));
        }

        return count;
    }

    private (long Last, int Count) Oldest(int limit)
    {
        using DbDataReader row = _last.Query(("$limit", (long)limit));
        row.Read();
        int count = row.GetInt32(1);
        return (count == 0 ? 0 : row.GetInt64(0), count);
    }

    private void Insert(string kind, Hold hold, string? provider, TokenUsage usage, Nano charged, Nano earned, DateTimeOffset now) =>
        _insert.Run(
            ("$kind", kind),
            ("$job", Values.Blob(hold.JobId)),
            ("$day", (long)DateOnly.FromDateTime(now.UtcDateTime).DayNumber),
            ("$model", hold.Model),
            ("$client", hold.AccountId),
            ("$provider", provider),
            ("$prompt", usage.Prompt),
            ("$cached", usage.Cached),
            ("$completion", usage.Completion),
            ("$charged", charged.Value),
            ("$earned", earned.Value));
}
