using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>What a dialect turns into a request.</summary>
/// <param name="Model">The model's name at the server.</param>
/// <param name="Generation">What is asked.</param>
/// <param name="MaxTokens">Most tokens to generate.</param>
/// <param name="Seed">Seed of all draws.</param>
/// <param name="StopIds">Ids that end the answer; empty: none does.</param>
/// <param name="CacheSalt">Keeps the prefix cache of different tenants apart: the time to a first token must not show one what another has asked.</param>
internal sealed record UpstreamRequest(
    string Model, GenerationRequest Generation, int MaxTokens, long Seed, IReadOnlyCollection<int> StopIds, string CacheSalt);
