namespace CocoonOrleans.Ledger.Usage;

/// <summary>Sums days to longer periods.</summary>
internal static class UsagePeriods
{
    /// <summary>The most days that are read at once.</summary>
    public const int MaxDays = 400;

    /// <exception cref="ArgumentOutOfRangeException">The days are out of order or too far apart.</exception>
    public static void CheckSpan(DateOnly from, DateOnly to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(to.DayNumber - from.DayNumber, MaxDays, nameof(to));
    }

    /// <summary>The rows of days summed by period and model, in that order.</summary>
    public static IReadOnlyList<UsageRow> Sum(IEnumerable<UsageRow> days, UsagePeriod period) =>
    [
        .. days
            .GroupBy(day => (From: Start(day.From, period), day.Model))
            .Select(group => group.Aggregate((sum, day) => sum with
            {
                Jobs = sum.Jobs + day.Jobs,
                ReleasedJobs = sum.ReleasedJobs + day.ReleasedJobs,
                LateJobs = sum.LateJobs + day.LateJobs,
                PromptTokens = sum.PromptTokens + day.PromptTokens,
                CachedTokens = sum.CachedTokens + day.CachedTokens,
                CompletionTokens = sum.CompletionTokens + day.CompletionTokens,
                Amount = sum.Amount + day.Amount,
            }) with
            {
                From = group.Key.From,
            })
            .OrderBy(row => row.From)
            .ThenBy(row => row.Model, StringComparer.Ordinal),
    ];

    private static DateOnly Start(DateOnly day, UsagePeriod period) => period switch
    {
        UsagePeriod.Day => day,
        UsagePeriod.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        UsagePeriod.Month => new DateOnly(day.Year, day.Month, 1),
        _ => throw new ArgumentOutOfRangeException(nameof(period)),
    };
}
