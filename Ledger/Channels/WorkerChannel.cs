namespace CocoonOrleans.Ledger.Channels;

/// <summary>A channel from the operator to a provider: what its address is made of, and what the chain said of it last.</summary>
/// <param name="Channel">Its address in raw form (<c>0:</c> and 64 hexadecimal digits).</param>
/// <param name="AccountId">The provider.</param>
/// <param name="Wallet">The operator's wallet that pays into it, in raw form.</param>
/// <param name="PayerKey">The operator's voucher key, 32 bytes.</param>
/// <param name="PayeeAddress">Where the provider is paid, in raw form.</param>
/// <param name="PayeeKey">The provider's key for closes, 32 bytes.</param>
/// <param name="CloseDelay">How long the operator waits when it leaves alone, in seconds.</param>
/// <param name="Salt">Makes the address fresh; 64 bits.</param>
/// <param name="State">What the chain said last.</param>
public sealed record WorkerChannel(
    string Channel, string AccountId, string Wallet, ReadOnlyMemory<byte> PayerKey, string PayeeAddress, ReadOnlyMemory<byte> PayeeKey,
    long CloseDelay, long Salt, ChannelSnapshot State)
{
    /// <summary>Whether another key or wallet of the operator pays from it than those that it has now: then its provider may have another channel beside it.</summary>
    public bool IsStranded { get; init; }
}
