namespace CocoonOrleans.Grains.Channels;

/// <summary>The signer does not sign this.</summary>
/// <param name="refusal">Why.</param>
/// <param name="message">Why, for people.</param>
public sealed class VoucherRefusedException(VoucherRefusal refusal, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public VoucherRefusal Refusal { get; } = refusal;
}
