namespace CocoonOrleans.Sealing.Releases;

/// <summary>A broker's nonce.</summary>
/// <param name="Nonce">32 random bytes.</param>
/// <param name="Expires">Until when it is good.</param>
public sealed record BrokerNonce(byte[] Nonce, DateTimeOffset Expires);
