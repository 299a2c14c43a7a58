using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Sampling;

/// <summary>The ranges of <see cref="SamplingOptions"/>.</summary>
public static class SamplingRules
{
    private const int MaximumBiases = 300;
    private const double MaximumBias = 100;
    private const int MaximumTopLogprobs = 20;

    /// <summary>What is wrong with the options for a model of so many token ids; null where nothing is.</summary>
    public static EngineRefusal? Check(SamplingOptions options, int vocabularySize)
        => Between(options.Temperature, 0, 2, nameof(options.Temperature))
            ?? (options.TopP > 0 ? Between(options.TopP, 0, 1, nameof(options.TopP)) : Refuse(nameof(options.TopP), "must be above 0, up to 1"))
            ?? (options.TopK >= 0 ? null : Refuse(nameof(options.TopK), "must be 0 (all) or more"))
            ?? Between(options.MinP, 0, 1, nameof(options.MinP))
            ?? CheckBias(options.LogitBias, vocabularySize)
            ?? (options.RepetitionPenalty > 0 ? Between(options.RepetitionPenalty, 0, 2, nameof(options.RepetitionPenalty)) : Refuse(nameof(options.RepetitionPenalty), "must be above 0, up to 2"))
            ?? Between(options.PresencePenalty, -2, 2, nameof(options.PresencePenalty))
            ?? Between(options.FrequencyPenalty, -2, 2, nameof(options.FrequencyPenalty))
            ?? (options.TopLogprobs is null or (>= 0 and <= MaximumTopLogprobs) ? null : Refuse(nameof(options.TopLogprobs), $"must be 0 to {MaximumTopLogprobs}"));

    private static EngineRefusal? CheckBias(IReadOnlyDictionary<int, double> bias, int vocabularySize)
    {
        const string Field = nameof(SamplingOptions.LogitBias);
        if (bias.Count > MaximumBiases)
        {
            return Refuse(Field, $"must be for at most {MaximumBiases} tokens");
        }

        return bias.Keys.Any(id => id < 0 || id >= vocabularySize)
            ? Refuse(Field, $"must be for ids from 0 to {vocabularySize - 1}")
            : bias.Values.Select(value => Between(value, -MaximumBias, MaximumBias, Field)).FirstOrDefault(refusal => refusal is not null);
    }

    // Written so that NaN, which compares false with everything, is refused.
    private static EngineRefusal? Between(double value, double minimum, double maximum, string field)
        => value >= minimum && value <= maximum ? null : Refuse(field, $"must be a number from {minimum} to {maximum}");

    private static EngineRefusal Refuse(string field, string rule) => new(EngineRefusalKind.InvalidOption, $"{field} {rule}.", field);
}
