using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Accounts;

/// <summary>What an account used of one model on one day.</summary>
/// <param name="Day">The day, in UTC.</param>
/// <param name="Model">The model's public name.</param>
/// <param name="Jobs">Jobs charged.</param>
/// <param name="PromptTokens">Prompt tokens billed.</param>
/// <param name="CompletionTokens">Completion tokens billed.</param>
/// <param name="Charged">The sum of the charges.</param>
[GenerateSerializer, Alias("cocoon.UsageDay")]
public sealed record UsageDay(
    [property: Id(0)] DateOnly Day,
    [property: Id(1)] string Model,
    [property: Id(2)] long Jobs,
    [property: Id(3)] long PromptTokens,
    [property: Id(4)] long CompletionTokens,
    [property: Id(5)] Nano Charged);
