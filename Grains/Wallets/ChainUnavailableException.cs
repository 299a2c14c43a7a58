namespace CocoonOrleans.Grains.Wallets;

/// <summary>The chain gave no answer that can be used. After a send it means "unknown", never "failed".</summary>
/// <param name="message">What was asked, and why there is no answer.</param>
/// <param name="innerException">What was thrown below.</param>
public sealed class ChainUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Whether the chain answered, but refused the question or answered badly: it says nothing of other questions.</summary>
    public bool IsOfThisQuestion { get; init; }
}
