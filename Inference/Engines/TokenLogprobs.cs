namespace CocoonOrleans.Inference.Engines;

/// <summary>How likely the model found a token at its place, before bias, penalties, grammar and temperature.</summary>
/// <param name="Logprob">Natural logarithm of the token's probability: 0 or less.</param>
/// <param name="Top">The likeliest tokens at this place, the likeliest first, the lowest id first among equals; as many as were asked for.</param>
public sealed record TokenLogprobs(double Logprob, IReadOnlyList<TokenLogprob> Top);
