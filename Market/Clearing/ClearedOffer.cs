using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Market.Clearing;

/// <summary>The offer that wins a request, and what it is paid.</summary>
/// <param name="Offer">The offer.</param>
/// <param name="Ask">What it asked at this moment.</param>
/// <param name="Price">The prices to be paid: the ask scaled up to the runner-up of another provider, never above the limits.</param>
/// <param name="Score">The score by which it won: expected cost in millionths of a nano, times 1,024 and what its record adds.</param>
/// <param name="RunnerUpScore">The score of the best offer of another provider behind it; null where there is none, and the ask is paid.</param>
public sealed record ClearedOffer(Offer Offer, TokenPrices Ask, TokenPrices Price, Int128 Score, Int128? RunnerUpScore)
{
    /// <summary>What the worker's record and the buyer's wishes add to the score, in 1,024ths.</summary>
    public int Penalty { get; init; }
}
