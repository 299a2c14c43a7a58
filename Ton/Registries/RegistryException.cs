namespace CocoonOrleans.Ton.Registries;

/// <summary>The chain answered, and what it says is no registry that can be used.</summary>
/// <param name="failure">Why.</param>
/// <param name="message">What was found.</param>
/// <param name="inner">What was thrown below.</param>
public sealed class RegistryException(RegistryFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public RegistryFailure Failure { get; } = failure;
}
