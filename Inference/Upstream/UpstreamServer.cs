namespace CocoonOrleans.Inference.Upstream;

/// <summary>What a server says about itself.</summary>
/// <param name="Dialect">Which API it is asked by; never <see cref="UpstreamDialect.Auto"/>.</param>
/// <param name="Version">Its version; empty where it says none.</param>
/// <param name="ContextTokens">Most tokens of a prompt and its answer; null where it doesn't say.</param>
/// <param name="KeepsSeeds">Whether the same seed gives the same draws.</param>
/// <param name="Slots">Answers that it runs at the same time; null where it doesn't say.</param>
internal sealed record UpstreamServer(UpstreamDialect Dialect, string Version, int? ContextTokens, bool KeepsSeeds = true, int? Slots = null)
{
    /// <summary>For registration and logs, for example <c>vllm 0.11.0</c>.</summary>
    public override string ToString()
    {
        var name = Dialect switch
        {
            UpstreamDialect.Vllm => "vllm",
            UpstreamDialect.Sglang => "sglang",
            UpstreamDialect.LlamaServer => "llama-server",
            _ => "openai-compatible",
        };
        return Version.Length == 0 ? name : $"{name} {Version}";
    }
}
