namespace CocoonOrleans.Market.Clearing;

/// <summary>The outcome of clearing one request: the offers that could serve it, best first, and why the others could not.</summary>
/// <param name="Ranked">Eligible offers, cheapest first.</param>
/// <param name="Exclusions">What each filter removed.</param>
/// <param name="CheapestCost">What the cheapest offer of the model would cost, eligible or not; null where there is none.</param>
public sealed record ClearingResult(IReadOnlyList<ClearedOffer> Ranked, Exclusions Exclusions, Nano? CheapestCost);
