namespace CocoonOrleans.Tunnel.Messages;

/// <summary>Asks a worker for a statement that is newer than some clients' nonces (docs/protocol.md, section 3).</summary>
/// <param name="Nonces">1 to <see cref="MaxNonces"/> nonces of <see cref="NonceBytes"/> bytes, in any order.</param>
public sealed record FreshRequest(IReadOnlyList<byte[]> Nonces)
{
    /// <summary>Most nonces of one request; a worker puts those of several requests into one batch.</summary>
    public const int MaxNonces = 256;

    /// <summary>The length of a nonce.</summary>
    public const int NonceBytes = 32;

    /// <summary>Most bytes of it as JSON.</summary>
    public const int MaxBytes = 16 << 10;

    /// <summary>Whether it has its form.</summary>
    public bool IsValid => Nonces.Count is >= 1 and <= MaxNonces && Nonces.All(static nonce => nonce is { Length: NonceBytes });
}
