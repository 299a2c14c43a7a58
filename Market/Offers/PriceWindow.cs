namespace CocoonOrleans.Market.Offers;

/// <summary>Hours of the week, in UTC, in which an offer's prices are others: nights, a power tariff, the owner's own hours.</summary>
/// <param name="FromMinute">The minute of the day at which it begins, 0 to 1,439.</param>
/// <param name="ToMinute">The minute of the day before which it ends, above <paramref name="FromMinute"/>, up to 1,440. A night is two windows.</param>
/// <param name="Days">The days on which it holds, one bit each: 1 Monday to 64 Sunday.</param>
/// <param name="FactorPerMille">What the prices are multiplied with, <see cref="OfferTerms.LowestFactor"/> to <see cref="OfferTerms.HighestFactor"/>.</param>
public readonly record struct PriceWindow(int FromMinute, int ToMinute, int Days, int FactorPerMille)
{
    /// <summary>All days of the week.</summary>
    public const int EveryDay = 127;

    /// <summary>Minutes of a day.</summary>
    public const int MinutesOfDay = 1440;

    private const int DaysOfWeek = 7;

    /// <summary>Whether the window is open at a time.</summary>
    public bool Covers(DateTimeOffset time)
    {
        DateTime utc = time.UtcDateTime;
        int minute = (utc.Hour * 60) + utc.Minute;
        int day = ((int)utc.DayOfWeek + DaysOfWeek - 1) % DaysOfWeek;
        return (Days & (1 << day)) != 0 && minute >= FromMinute && minute < ToMinute;
    }
}
