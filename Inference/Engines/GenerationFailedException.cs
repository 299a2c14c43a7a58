namespace CocoonOrleans.Inference.Engines;

/// <summary>A request's answers ended before all were complete. What was delivered so far stays valid.</summary>
public sealed class GenerationFailedException(GenerationFailure failure, string message, GenerationUsage usage, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public GenerationFailure Failure { get; } = failure;

    /// <summary>What the answers took until then, all together; the prompt counts once.</summary>
    public GenerationUsage Usage { get; } = usage;
}
