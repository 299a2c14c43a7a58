using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Gateway.Markets;

/// <summary>
/// What this gateway's jobs of one model were cleared at, by the minute for an hour and by the hour for a week. Since the process started: whoever wants more reads
/// the ledger. Not thread-safe.
/// </summary>
internal sealed class ClearedPrices(TimeProvider time)
{
    private const int Minutes = 60;
    private const int Hours = 24 * 7;

    private readonly Slot[] _minutes = new Slot[Minutes];
    private readonly Slot[] _hours = new Slot[Hours];

    /// <summary>Counts a job.</summary>
    public void Add(TokenPrices price)
    {
        long minute = Now;
        Count(_minutes, minute, price);
        Count(_hours, minute / Minutes, price);
    }

    /// <summary>The last hour.</summary>
    public ClearedPriceSummary LastHour() => Sum(_minutes, Now, Minutes);

    /// <summary>The last 24 hours, the running one included.</summary>
    public ClearedPriceSummary LastDay() => Sum(_hours, Now / Minutes, 24);

    /// <summary>The last seven days.</summary>
    public ClearedPriceSummary LastWeek() => Sum(_hours, Now / Minutes, Hours);

    private long Now => time.GetUtcNow().ToUnixTimeSeconds() / 60;

    private static void Count(Slot[] slots, long period, TokenPrices price)
    {
        ref Slot slot = ref slots[period % slots.Length];
        if (slot.Period != period || slot.Jobs == 0)
        {
            slot = new Slot { Period = period, Lowest = long.MaxValue };
        }

        slot.Jobs++;
        slot.Prompt += price.Prompt.Value;
        slot.Completion += price.Completion.Value;
        slot.Lowest = Math.Min(slot.Lowest, price.Completion.Value);
        slot.Highest = Math.Max(slot.Highest, price.Completion.Value);
    }

    private static ClearedPriceSummary Sum(Slot[] slots, long period, int periods)
    {
        long jobs = 0, lowest = long.MaxValue, highest = 0;
        Int128 prompt = 0, completion = 0;
        foreach (ref readonly Slot slot in slots.AsSpan())
        {
            if (slot.Jobs > 0 && slot.Period > period - periods)
            {
                jobs += slot.Jobs;
                prompt += slot.Prompt;
                completion += slot.Completion;
                (lowest, highest) = (Math.Min(lowest, slot.Lowest), Math.Max(highest, slot.Highest));
            }
        }

        return jobs == 0 ? default : new ClearedPriceSummary(jobs, new((long)(prompt / jobs)), new((long)(completion / jobs)), new(lowest), new(highest));
    }

    private struct Slot
    {
        public long Period;
        public long Jobs;
        public Int128 Prompt;
        public Int128 Completion;
        public long Lowest;
        public long Highest;
    }
}
