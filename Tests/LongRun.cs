using System.Globalization;

namespace CocoonOrleans.Tests;

/// <summary>
/// Tests of <see cref="Category"/> have two lengths: what every run can wait for, and what <c>./cocoon test --long</c> asks for. COCOON_ROUNDS asks for a number of rounds of one's own,
/// and COCOON_SEED repeats a run of which a test printed the seed.
/// </summary>
internal static class LongRun
{
    /// <summary>Name of the trait.</summary>
    public const string Trait = "Category";

    /// <summary>Value of the trait.</summary>
    public const string Category = "Long";

    /// <summary>Whether the long run is asked for.</summary>
    public static bool IsOn => Environment.GetEnvironmentVariable("COCOON_LONG") == "1";

    /// <summary>How many rounds a test is to do.</summary>
    public static int Rounds(int usually, int ifLong) => Number("COCOON_ROUNDS") ?? (IsOn ? ifLong : usually);

    /// <summary>The seed to begin with.</summary>
    public static int Seed(int usually) => Number("COCOON_SEED") ?? usually;

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
