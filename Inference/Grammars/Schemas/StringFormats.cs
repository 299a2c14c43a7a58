namespace CocoonOrleans.Inference.Grammars.Schemas;

/// <summary>
/// The formats of JSON Schema (Validation, section 7.3) as patterns. Each says only what the format's definition allows, though not always all of it:
/// what is left out is said beside it.
/// </summary>
internal static class StringFormats
{
    private const string Octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private const string Label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private const string Group = "[0-9A-Fa-f]{1,4}";

    // Years 0001 to 9999; the 29th of February only in leap years.
    private const string Year = "([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)";
    private const string LeapYear = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)";

    private const string Date =
        $"({Year}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|{LeapYear}-02-29)";

    // RFC 3339 without leap seconds, which few readers take.
    private const string Time = @"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";

    private static readonly Dictionary<string, string> Patterns = new()
    {
        ["date"] = Date,
        ["time"] = Time,
        ["date-time"] = $"{Date}T{Time}",
        ["duration"] = "P([0-9]{1,4}W|([0-9]{1,4}Y([0-9]{1,4}M([0-9]{1,4}D)?)?|[0-9]{1,4}M([0-9]{1,4}D)?|[0-9]{1,4}D)(T(TIME))?|T(TIME))"
            .Replace("TIME", "[0-9]{1,4}H([0-9]{1,4}M([0-9]{1,4}S)?)?|[0-9]{1,4}M([0-9]{1,4}S)?|[0-9]{1,4}S", StringComparison.Ordinal),
        ["uuid"] = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
        ["ipv4"] = $@"{Octet}(\.{Octet}){{3}}",
        // In full, without "::".
        ["ipv6"] = $"{Group}(:{Group}){{7}}",
        // At most four labels of those that it might have.
        ["hostname"] = $@"{Label}(\.{Label}){{0,3}}",
        // No quoted local parts, no addresses in brackets, a top-level domain of letters.
        ["email"] = $@"[A-Za-z0-9_+-]{{1,32}}(\.[A-Za-z0-9_+-]{{1,16}}){{0,2}}@{Label}(\.{Label}){{0,2}}\.[A-Za-z]{{2,16}}",
    };

    /// <summary>The pattern of a format; null if the format is not supported.</summary>
    public static string? Find(string name) => Patterns.GetValueOrDefault(name);

    /// <summary>The formats that are supported.</summary>
    public static IReadOnlyCollection<string> Names => Patterns.Keys;
}
