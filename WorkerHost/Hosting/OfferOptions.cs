using System.ComponentModel.DataAnnotations;
using System.Globalization;
using CocoonOrleans.Market.Offers;

namespace CocoonOrleans.WorkerHost.Hosting;

/// <summary>An offer to the market. What it says is read again when the settings change, and stands ten seconds later at the latest.</summary>
public sealed class OfferOptions : IValidatableObject
{
    private const double FactorUnit = OfferTerms.Unchanged;

    /// <summary>How long the offer stands without being renewed, 30 to 300 seconds; it is renewed three times as often.</summary>
    [Range(30, 300)]
    public int TtlSeconds { get; set; } = 60;

    /// <summary>How the prices move with load: at most 8 points, loads rising, factors not falling. Between two points the line counts.</summary>
    [MaxLength(OfferTerms.MostPoints)]
    public List<LoadPointOptions> LoadCurve { get; set; } = [];

    /// <summary>Hours, in UTC, with other prices; of several that are open the first counts. At most 8.</summary>
    [MaxLength(OfferTerms.MostPoints)]
    public List<WindowOptions> Windows { get; set; } = [];

    /// <summary>What the prices are multiplied with in the flex lane, 0.1 to 1.</summary>
    [Range(0.1, 1)]
    public double Flex { get; set; } = 1;

    /// <summary>The same in the priority lane, 1 to 2.</summary>
    [Range(1, 2)]
    public double Priority { get; set; } = 1;

    /// <summary>Jobs at a time that are offered; null for all slots.</summary>
    [Range(1, 512)]
    public int? Slots { get; set; }

    /// <summary>The longest context that is offered; null for the model's.</summary>
    [Range(1, 1 << 24)]
    public int? ContextTokens { get; set; }

    /// <summary>What is offered besides plain answers, of <c>tools</c>, <c>structured_outputs</c>, <c>logprobs</c>; null for all.</summary>
    public List<string>? Features { get; set; }

    /// <summary>Where the worker is, for people; at most 64 characters.</summary>
    [StringLength(64)]
    public string Region { get; set; } = "";

    /// <summary>COCOON's coefficient, 1 being its usual price: the prices come from it, and <c>Prices</c> doesn't count. Null: <c>Prices</c> counts.</summary>
    [Range(0.0, 999_999.999)]
    public double? Coefficient { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Features?.Find(static name => OfferFeatureNames.Find(name) is null) is { } unknown)
        {
            yield return new ValidationResult($"must be of tools, structured_outputs and logprobs, not {unknown}.", [nameof(Features)]);
        }

        for (int i = 1; i < LoadCurve.Count; i++)
        {
            if (LoadCurve[i].Load <= LoadCurve[i - 1].Load || LoadCurve[i].Factor < LoadCurve[i - 1].Factor)
            {
                yield return new ValidationResult("must have rising loads and factors that don't fall.", [nameof(LoadCurve)]);
                yield break;
            }
        }
    }

    internal static int PerMille(double factor) => (int)Math.Round(factor * FactorUnit);

    /// <summary>A point of the curve.</summary>
    public sealed class LoadPointOptions
    {
        /// <summary>The share of slots in use, 0 to 1.</summary>
        [Range(0.0, 1.0)]
        public double Load { get; set; }

        /// <summary>What the prices are multiplied with there, 0.1 to 10.</summary>
        [Range(0.1, 10.0)]
        public double Factor { get; set; } = 1;

        internal LoadPoint ToPoint() => new(PerMille(Load), PerMille(Factor));
    }

    /// <summary>Hours with other prices.</summary>
    public sealed class WindowOptions : IValidatableObject
    {
        /// <summary>When it begins, <c>HH:mm</c> in UTC.</summary>
        [Required, RegularExpression("^([01][0-9]|2[0-3]):[0-5][0-9]$", ErrorMessage = "must be a time such as 22:00, in UTC.")]
        public string From { get; set; } = "";

        /// <summary>When it ends, later on that day, <c>24:00</c> at the latest.</summary>
        [Required, RegularExpression("^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", ErrorMessage = "must be a time such as 06:00, or 24:00, in UTC.")]
        public string To { get; set; } = "";

        /// <summary>On which days; none for all.</summary>
        public List<DayOfWeek> Days { get; set; } = [];

        /// <summary>What the prices are multiplied with, 0.1 to 10.</summary>
        [Range(0.1, 10.0)]
        public double Factor { get; set; } = 1;

        /// <inheritdoc/>
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Minute(From) >= Minute(To))
            {
                yield return new ValidationResult("must be later than From; a night is two windows.", [nameof(To)]);
            }
        }

        internal PriceWindow ToWindow() => new(
            Minute(From), Minute(To), Days.Count == 0 ? PriceWindow.EveryDay : Days.Aggregate(0, static (days, day) => days | (1 << (((int)day + 6) % 7))), PerMille(Factor));

        private static int Minute(string time) =>
            time.Length == 5 && int.TryParse(time.AsSpan(0, 2), CultureInfo.InvariantCulture, out int hours) && int.TryParse(time.AsSpan(3), CultureInfo.InvariantCulture, out int minutes) ? (hours * 60) + minutes : 0;
    }
}
