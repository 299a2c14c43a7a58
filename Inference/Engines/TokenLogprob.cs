namespace CocoonOrleans.Inference.Engines;

/// <summary>How likely a model finds a token.</summary>
/// <param name="Id">The token.</param>
/// <param name="Logprob">Natural logarithm of its probability: 0 or less, negative infinity where the model rules it out.</param>
public readonly record struct TokenLogprob(int Id, double Logprob);
