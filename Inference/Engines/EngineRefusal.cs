namespace CocoonOrleans.Inference.Engines;

/// <summary>A request that an engine does not take.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Message">What was wrong and what would be right, for a person. Never holds text of the request.</param>
/// <param name="Field">The member of <see cref="GenerationRequest"/>, <see cref="SamplingOptions"/> or <see cref="EmbeddingRequest"/> at fault, of a list with its index as in <c>Inputs[3]</c>; null where none is.</param>
public sealed record EngineRefusal(EngineRefusalKind Kind, string Message, string? Field = null)
{
    /// <summary>True where the same request may be taken later or by another worker.</summary>
    public bool Retryable => Kind is EngineRefusalKind.QueueFull or EngineRefusalKind.OutOfService or EngineRefusalKind.DeadlineTooShort;
}
