using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Grains.Jobs;

/// <summary>What a job may cost, and who pays.</summary>
/// <param name="AccountId">The payer.</param>
/// <param name="ApiKeyId">The key that asked.</param>
/// <param name="RequestSha256">SHA-256 of the request body: a repeat of the id with another body is told apart. Never the body itself.</param>
/// <param name="Model">The model's public name.</param>
/// <param name="PromptTokens">The exact prompt count.</param>
/// <param name="MaxCompletionTokens">The most tokens over all choices.</param>
/// <param name="Cap">The prices to hold at.</param>
/// <param name="ExpiresAt">When the sweeper may release the hold if no completion came.</param>
/// <param name="Voucher">The signed voucher with which a channel of the account pays; null where its balance does. At most 256 bytes.</param>
[GenerateSerializer, Alias("cocoon.JobStart")]
public sealed record JobStart(
    [property: Id(0)] string AccountId,
    [property: Id(1)] string ApiKeyId,
    [property: Id(2)] byte[] RequestSha256,
    [property: Id(3)] string Model,
    [property: Id(4)] long PromptTokens,
    [property: Id(5)] long MaxCompletionTokens,
    [property: Id(6)] TokenPrices Cap,
    [property: Id(7)] DateTimeOffset ExpiresAt,
    [property: Id(8)] byte[]? Voucher = null);
