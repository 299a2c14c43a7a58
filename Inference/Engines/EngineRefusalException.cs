namespace CocoonOrleans.Inference.Engines;

/// <summary>Carries a refusal out of an enumeration, before its first event.</summary>
public sealed class EngineRefusalException(EngineRefusal refusal) : Exception(refusal.Message)
{
    /// <summary>The refusal.</summary>
    public EngineRefusal Refusal { get; } = refusal;
}
