using System.Collections.ObjectModel;
using CocoonOrleans.Tokenization.Chat;

namespace CocoonOrleans.Inference.Engines;

/// <summary>
/// How the next token is chosen. Applied in the order: logit bias, repetition penalty, presence and frequency penalties, the request's grammar,
/// temperature, top-k, top-p, min-p, draw.
/// </summary>
public sealed record SamplingOptions
{
    /// <summary>Temperature 1, nothing cut off, a random seed: OpenAI's defaults.</summary>
    public static SamplingOptions Default { get; } = new();

    /// <summary>Always the likeliest token.</summary>
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0 };

    /// <summary>What a chat request asks for; what it doesn't say is the model's to choose, and then OpenAI's default.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The model's wishes.</param>
    public static SamplingOptions Of(ChatCompletionRequest request, SamplingDefaults model) => new()
    {
        Temperature = request.Temperature ?? model.Temperature ?? Default.Temperature,
        TopP = request.TopP ?? model.TopP ?? Default.TopP,
        TopK = request.TopK ?? model.TopK ?? Default.TopK,
        MinP = request.MinP ?? model.MinP ?? Default.MinP,
        RepetitionPenalty = request.RepetitionPenalty ?? model.RepetitionPenalty ?? Default.RepetitionPenalty,
        PresencePenalty = request.PresencePenalty ?? Default.PresencePenalty,
        FrequencyPenalty = request.FrequencyPenalty ?? Default.FrequencyPenalty,
        LogitBias = request.LogitBias,
        TopLogprobs = request.TopLogprobs,
        Seed = request.Seed,
    };

    /// <summary>Divides the logits, 0 to 2. At 0 the likeliest token wins, the lowest id among equals.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Keeps the likeliest tokens until their probabilities reach this sum: above 0, up to 1. 1 keeps all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Keeps this many of the likeliest tokens, 0 or more. 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Drops tokens less likely than this part of the likeliest one's probability, 0 to 1. 0 drops none.</summary>
    public double MinP { get; init; }

    /// <summary>Added to the logits of these ids: at most 300, each -100 to 100.</summary>
    public IReadOnlyDictionary<int, double> LogitBias { get; init; } = ReadOnlyDictionary<int, double>.Empty;

    /// <summary>
    /// Makes every token that prompt or answer hold already less likely: divides its logit where that is above 0, multiplies it otherwise. Above 0, up
    /// to 2; 1 changes nothing. Source: Keskar et al., "CTRL" (2019), in the form that transformers and vLLM gave it.
    /// </summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Taken off the logit of every token that the answer holds already, -2 to 2.</summary>
    public double PresencePenalty { get; init; }

    /// <summary>Taken off the logit of a token once for each time the answer holds it, -2 to 2.</summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>Makes draws repeatable; null: a random one is chosen and returned in <see cref="GenerationFinished.Seed"/>.</summary>
    public long? Seed { get; init; }

    /// <summary>
    /// Null: no log-probabilities. Otherwise <see cref="TokenGenerated.Logprobs"/> tells the one of each token and those of so many of the likeliest
    /// tokens, 0 to 20, as the model has them: before bias, penalties, grammar and temperature.
    /// </summary>
    public int? TopLogprobs { get; init; }
}
