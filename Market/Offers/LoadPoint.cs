namespace CocoonOrleans.Market.Offers;

/// <summary>One point of a price curve over load; between two points prices lie on the straight line.</summary>
/// <param name="LoadPerMille">The share of slots in use, 0 to 1,000.</param>
/// <param name="FactorPerMille">What the prices are multiplied with there, <see cref="OfferTerms.LowestFactor"/> to <see cref="OfferTerms.HighestFactor"/>.</param>
public readonly record struct LoadPoint(int LoadPerMille, int FactorPerMille);
