using CocoonOrleans.Market;

namespace CocoonOrleans.Gateway.Markets;

/// <summary>What jobs were cleared at. Prices are nano per 1,000,000 tokens.</summary>
/// <param name="Jobs">How many.</param>
/// <param name="MeanPrompt">The mean price of prompt tokens.</param>
/// <param name="MeanCompletion">The mean price of generated tokens.</param>
/// <param name="LowestCompletion">The lowest price of generated tokens.</param>
/// <param name="HighestCompletion">The highest.</param>
public readonly record struct ClearedPriceSummary(long Jobs, Nano MeanPrompt, Nano MeanCompletion, Nano LowestCompletion, Nano HighestCompletion);
