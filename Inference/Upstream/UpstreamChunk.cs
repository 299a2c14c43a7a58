using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>What one event of an upstream's answer adds.</summary>
/// <param name="Ids">Token ids. They are the answer where the dialect <see cref="UpstreamProtocol.GivesIds"/>.</param>
/// <param name="Text">Text. It is the answer where the dialect gives no ids, or not all; else it only shows whether the ids mean the same on both sides.</param>
/// <param name="Finish">Why the answer ends with it; null where it doesn't.</param>
/// <param name="Model">The model that says it, where the dialect names it.</param>
/// <param name="Logprobs">How likely each id was; null where the server says nothing of that.</param>
internal sealed record UpstreamChunk(IReadOnlyList<int> Ids, string Text, FinishReason? Finish, string? Model = null, IReadOnlyList<TokenLogprobs>? Logprobs = null)
{
    /// <summary>Nothing.</summary>
    public static UpstreamChunk Empty { get; } = new([], "", null);

    /// <summary>Whether it adds nothing to the answer.</summary>
    public bool IsEmpty => Ids.Count == 0 && Text.Length == 0 && Finish is null;
}
