using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Sampling;

/// <summary>What a sampler chose.</summary>
/// <param name="Id">The token; -1 where the logits allow no choice, see <see cref="TokenSampler.Sample"/>.</param>
/// <param name="Logprobs">How likely it was; null where nobody asked or nothing was chosen.</param>
public readonly record struct SampledToken(int Id, TokenLogprobs? Logprobs);
