using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Sampling;

/// <summary>The ranges of <see cref="SamplingOptions"/>.</summary>
public static class SamplingRules
{
    /// <summary>What is wrong with the options; null where nothing is.</summary>
    public static EngineRefusal? Check(SamplingOptions options)
        => Between(options.Temperature, 0, 2, nameof(options.Temperature))
            ?? (options.TopP > 0 ? Between(options.TopP, 0, 1, nameof(options.TopP)) : Refuse(nameof(options.TopP), "must be above 0, up to 1"))
            ?? (options.TopK >= 0 ? null : Refuse(nameof(options.TopK), "must be 0 (all) or more"))
            ?? Between(options.MinP, 0, 1, nameof(options.MinP))
            ?? Between(options.PresencePenalty, -2, 2, nameof(options.PresencePenalty))
            ?? Between(options.FrequencyPenalty, -2, 2, nameof(options.FrequencyPenalty));

    // Written so that NaN, which compares false with everything, is refused.
    private static EngineRefusal? Between(double value, double minimum, double maximum, string field)
        => value >= minimum && value <= maximum ? null : Refuse(field, $"must be a number from {minimum} to {maximum}");

    private static EngineRefusal Refuse(string field, string rule) => new(EngineRefusalKind.InvalidOption, $"{field} {rule}.", field);
}
