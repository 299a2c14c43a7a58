using System.Globalization;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Market.Offers;

/// <summary>
/// What a worker offers for one model, as it signs it: prices, how they move with load and hour, and what it can do. An offer stands until it expires and is
/// renewed before; the newest of a worker and model counts.
/// </summary>
public sealed record OfferTerms
{
    /// <summary>The most points of a curve, and the most windows.</summary>
    public const int MostPoints = 8;

    /// <summary>The smallest factor: a tenth.</summary>
    public const int LowestFactor = 100;

    /// <summary>The largest factor: ten times.</summary>
    public const int HighestFactor = 10_000;

    /// <summary>A factor that changes nothing.</summary>
    public const int Unchanged = 1000;

    /// <summary>The most that the priority lane may cost: twice.</summary>
    public const int HighestPriority = 2000;

    /// <summary>The most that a price may be, in nano per 1,000,000 tokens or per request: a million coins. What is above is a mistake, and sums must not overflow.</summary>
    public const long HighestPrice = 1_000_000_000_000_000;

    /// <summary>The largest coefficient in COCOON's mode, in thousandths.</summary>
    public const long HighestCoefficient = 999_999_999;

    /// <summary>How many times dearer against prompt tokens than in the catalogue generated ones may be, and how many times cheaper.</summary>
    public const int MostSkew = 4;

    /// <summary>The shortest life of an offer.</summary>
    public static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(30);

    /// <summary>The longest life of an offer.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(300);

    /// <summary>How long terms must stand before they may change.</summary>
    public static readonly TimeSpan BetweenChanges = TimeSpan.FromSeconds(10);

    private const int MaxSlots = 512;
    private const int MaxContext = 1 << 24;
    private const int MaxTier = 3;
    private const int MaxText = 128;
    private const int MaxShortText = 64;
    private const int MaxQuantisation = 100;
    private const int HexDigits = 64;

    /// <summary>The network, 1 to 64 characters.</summary>
    public required string NetworkId { get; init; }

    /// <summary>The worker: hex SHA-256 of its tunnel key.</summary>
    public required string WorkerId { get; init; }

    /// <summary>Grows with each offer of the worker, above zero.</summary>
    public required long Serial { get; init; }

    /// <summary>When it was signed, in whole seconds.</summary>
    public required DateTimeOffset Issued { get; init; }

    /// <summary>When it ends, in whole seconds: <see cref="ShortestLife"/> to <see cref="LongestLife"/> after it was signed.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>The model's public name, 1 to 128 characters.</summary>
    public required string Model { get; init; }

    /// <summary>Hex SHA-256 of the model's manifest.</summary>
    public required string ManifestSha256 { get; init; }

    /// <summary>How the weights are kept, as the worker's statement says it.</summary>
    public required string Quantisation { get; init; }

    /// <summary>The trust tier of the statement: 0 simulated, 1 open, 2 tdx, 3 confidential.</summary>
    public required int Tier { get; init; }

    /// <summary>The prices before load, hour and lane.</summary>
    public required TokenPrices Prices { get; init; }

    /// <summary>How the prices move with load: at most <see cref="MostPoints"/>, loads rising, factors not falling. None: they don't.</summary>
    public IReadOnlyList<LoadPoint> LoadCurve { get; init; } = [];

    /// <summary>Hours with other prices, at most <see cref="MostPoints"/>; of several that are open the first counts.</summary>
    public IReadOnlyList<PriceWindow> Windows { get; init; } = [];

    /// <summary>What the prices are multiplied with in the flex lane, up to 1,000 thousandths.</summary>
    public int FlexPerMille { get; init; } = Unchanged;

    /// <summary>The same in the priority lane, 1,000 to <see cref="HighestPriority"/>.</summary>
    public int PriorityPerMille { get; init; } = Unchanged;

    /// <summary>Jobs at a time, 1 to 512.</summary>
    public required int Slots { get; init; }

    /// <summary>The most tokens of prompt and answer together.</summary>
    public required int ContextTokens { get; init; }

    /// <summary>What it can do besides plain answers.</summary>
    public OfferFeatures Features { get; init; } = OfferFeatures.All;

    /// <summary>Where it says that it is, for people: at most 64 characters. Nothing is chosen by it, since nobody can check it.</summary>
    public string Region { get; init; } = "";

    /// <summary>COCOON's coefficient in thousandths, where the prices come from it; null where they don't.</summary>
    public long? Coefficient { get; init; }

    /// <summary>The prices in the default lane.</summary>
    /// <param name="loadPerMille">The share of slots in use, 0 to 1,000.</param>
    /// <param name="time">When.</param>
    public TokenPrices AskAt(int loadPerMille, DateTimeOffset time) => Scaled(LoadFactor(loadPerMille), WindowFactor(time), Unchanged);

    /// <summary>The prices in a lane.</summary>
    /// <param name="loadPerMille">The share of slots in use, 0 to 1,000.</param>
    /// <param name="time">When.</param>
    /// <param name="lanePerMille">The lane's factor.</param>
    public TokenPrices AskAt(int loadPerMille, DateTimeOffset time, int lanePerMille) => Scaled(LoadFactor(loadPerMille), WindowFactor(time), lanePerMille);

    /// <summary>The lowest prices that can come of these terms, whatever load, hour and lane: a job that pays less was never offered.</summary>
    public TokenPrices LowestAsk() => Scaled(
        LoadCurve.Count == 0 ? Unchanged : LoadCurve[0].FactorPerMille,
        Windows.Aggregate(Unchanged, static (least, window) => Math.Min(least, window.FactorPerMille)),
        FlexPerMille);

    /// <summary>Whether only serial and life differ.</summary>
    public bool HasSameTermsAs(OfferTerms other)
    {
        ArgumentNullException.ThrowIfNull(other);
        OfferTerms same = other with { Serial = Serial, Issued = Issued, Expires = Expires };
        return OfferEncoding.Encode(this).AsSpan().SequenceEqual(OfferEncoding.Encode(same));
    }

    /// <summary>What is wrong with the form: a sentence that begins with the field; null where nothing is.</summary>
    public string? FindFault()
    {
        TimeSpan life = Expires - Issued;
        return !IsText(NetworkId, 1, MaxShortText) ? "networkId must have 1 to 64 characters and no control characters."
            : !IsHash(WorkerId) ? "workerId must be 64 lower-case hex digits."
            : Serial < 1 ? "serial must be above zero."
            : Issued.Ticks % TimeSpan.TicksPerSecond != 0 || Expires.Ticks % TimeSpan.TicksPerSecond != 0 || Issued < DateTimeOffset.UnixEpoch ? "issued must be in whole seconds after 1970."
            : life < ShortestLife || life > LongestLife ? "expires must be 30 to 300 seconds after issued."
            : !IsText(Model, 1, MaxText) ? "model must have 1 to 128 characters and no control characters."
            : !IsHash(ManifestSha256) ? "manifestSha256 must be 64 lower-case hex digits."
            : !IsText(Quantisation, 1, MaxQuantisation) ? "quantisation must have 1 to 100 characters and no control characters."
            : Tier is < 0 or > MaxTier ? "tier must be 0 to 3."
            : !Prices.IsValid || !Prices.IsWithin(Highest) ? string.Create(CultureInfo.InvariantCulture, $"prices must be 0 to {HighestPrice} nano.")
            : FindCurveFault()
            ?? (FlexPerMille is < LowestFactor or > Unchanged ? "lanes.flex must be 0.1 to 1."
            : PriorityPerMille is < Unchanged or > HighestPriority ? "lanes.priority must be 1 to 2."
            : Slots is < 1 or > MaxSlots ? "slots must be 1 to 512."
            : ContextTokens is < 1 or > MaxContext ? "contextTokens must be 1 to 16777216."
            : (Features & ~OfferFeatures.All) != 0 ? "features must be of those that are known."
            : !IsText(Region, 0, MaxShortText) ? "region must have at most 64 characters and no control characters."
            : Coefficient is < 0 or > HighestCoefficient ? "coefficient must be 0 to 999999999."
            : Coefficient is { } coefficient && Prices != CocoonFormula.PricesOf(coefficient) ? "prices must be what the coefficient comes to."
            : null);
    }

    private static TokenPrices Highest { get; } = new(new(HighestPrice), new(HighestPrice), new(HighestPrice), new(HighestPrice));

    private string? FindCurveFault()
    {
        if (LoadCurve.Count > MostPoints || Windows.Count > MostPoints)
        {
            return LoadCurve.Count > MostPoints ? "loadCurve must have at most 8 points." : "windows must have at most 8 entries.";
        }

        for (int i = 0; i < LoadCurve.Count; i++)
        {
            LoadPoint point = LoadCurve[i];
            if (point.LoadPerMille is < 0 or > 1000 || !IsFactor(point.FactorPerMille))
            {
                return "loadCurve must have loads of 0 to 1 and factors of 0.1 to 10.";
            }

            if (i > 0 && (point.LoadPerMille <= LoadCurve[i - 1].LoadPerMille || point.FactorPerMille < LoadCurve[i - 1].FactorPerMille))
            {
                return "loadCurve must have rising loads and factors that don't fall.";
            }
        }

        return Windows.All(static window => window.FromMinute >= 0 && window.FromMinute < window.ToMinute && window.ToMinute <= PriceWindow.MinutesOfDay
                && window.Days is >= 1 and <= PriceWindow.EveryDay && IsFactor(window.FactorPerMille))
            ? null
            : "windows must each begin before they end, within one day, hold on at least one day, and have factors of 0.1 to 10.";
    }

    private int LoadFactor(int load)
    {
        if (LoadCurve.Count == 0)
        {
            return Unchanged;
        }

        if (load <= LoadCurve[0].LoadPerMille)
        {
            return LoadCurve[0].FactorPerMille;
        }

        for (int i = 1; i < LoadCurve.Count; i++)
        {
            (LoadPoint low, LoadPoint high) = (LoadCurve[i - 1], LoadCurve[i]);
            if (load <= high.LoadPerMille)
            {
                return low.FactorPerMille + ((high.FactorPerMille - low.FactorPerMille) * (load - low.LoadPerMille) / (high.LoadPerMille - low.LoadPerMille));
            }
        }

        return LoadCurve[^1].FactorPerMille;
    }

    private int WindowFactor(DateTimeOffset time)
    {
        foreach (PriceWindow window in Windows)
        {
            if (window.Covers(time))
            {
                return window.FactorPerMille;
            }
        }

        return Unchanged;
    }

    /// <summary>Multiplied at once and rounded down once, so that everybody comes to the same integers.</summary>
    private TokenPrices Scaled(int load, int window, int lane)
    {
        if (load == Unchanged && window == Unchanged && lane == Unchanged)
        {
            return Prices;
        }

        long factor = (long)load * window * lane;
        return new TokenPrices(One(Prices.Prompt), One(Prices.Cached), One(Prices.Completion), One(Prices.Request));

        Nano One(Nano price) => new((long)((Int128)price.Value * factor / (Unchanged * Unchanged * Unchanged)));
    }

    private static bool IsFactor(int perMille) => perMille is >= LowestFactor and <= HighestFactor;

    private static bool IsText(string text, int fewest, int most) => text.Length >= fewest && text.Length <= most && !text.Any(char.IsControl);

    private static bool IsHash(string text) => text.Length == HexDigits && text.All(char.IsAsciiHexDigitLower);
}
