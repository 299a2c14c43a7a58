namespace CocoonOrleans.Market.Clearing;

/// <summary>The outcome of clearing one request.</summary>
/// <param name="Best">The winner; null where nobody can serve it.</param>
/// <param name="Eligible">How many offers could serve it.</param>
/// <param name="Exclusions">What each filter removed.</param>
/// <param name="Cheapest">Where nobody can serve it: the cheapest offer of all that there are.</param>
public sealed record ClearingResult(ClearedOffer? Best, int Eligible, Exclusions Exclusions, CheapestOffer? Cheapest);
