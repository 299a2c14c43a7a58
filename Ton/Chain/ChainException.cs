namespace CocoonOrleans.Ton.Chain;

/// <summary>A chain gave no answer that can be used. After a send it means "unknown", never "failed".</summary>
/// <param name="failure">Why.</param>
/// <param name="message">The call, and what the endpoint said.</param>
/// <param name="inner">What was thrown below.</param>
public sealed class ChainException(ChainFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public ChainFailure Failure { get; } = failure;
}
