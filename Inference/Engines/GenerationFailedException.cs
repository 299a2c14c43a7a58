namespace CocoonOrleans.Inference.Engines;

/// <summary>An answer ended before it was complete. What was delivered so far stays valid.</summary>
public sealed class GenerationFailedException(GenerationFailure failure, string message, GenerationUsage usage, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public GenerationFailure Failure { get; } = failure;

    /// <summary>What the answer took until then.</summary>
    public GenerationUsage Usage { get; } = usage;
}
