namespace CocoonOrleans.Ledger.Usage;

/// <summary>How usage is summed. All periods are in UTC.</summary>
public enum UsagePeriod
{
    /// <summary>A calendar day.</summary>
    Day,

    /// <summary>Monday to Sunday (ISO 8601).</summary>
    Week,

    /// <summary>A calendar month.</summary>
    Month,
}
