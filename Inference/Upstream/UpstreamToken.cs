using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>One token of an answer.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Logprobs">How likely it was; null unless that was asked for.</param>
internal readonly record struct UpstreamToken(int Id, TokenLogprobs? Logprobs = null);
