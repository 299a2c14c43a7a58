using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Gateway.Markets;

/// <summary>What a job wants of the market.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Model">The model's public name.</param>
/// <param name="PromptTokens">The exact prompt count.</param>
/// <param name="MaxTokensPerChoice">The most tokens of one answer: with the prompt they must fit a worker's context.</param>
/// <param name="MaxCompletionTokens">The most tokens that may be generated, over all answers.</param>
/// <param name="Cap">The most that may be paid.</param>
/// <param name="Until">When the job ends at the latest.</param>
public sealed record LeaseWish(Guid JobId, string Model, int PromptTokens, int MaxTokensPerChoice, int MaxCompletionTokens, TokenPrices Cap, DateTimeOffset Until);
