namespace CocoonOrleans.Sealing.Hpke;

/// <summary>
/// Authenticated encryption by its number in RFC 9180, section 7.3. Our suites seal with <see cref="Aes256Gcm"/>; the RFC prints its vectors for our two
/// key agreements only with the others.
/// </summary>
internal enum HpkeAead : ushort
{
    /// <summary>AES-128-GCM.</summary>
    Aes128Gcm = 1,

    /// <summary>AES-256-GCM.</summary>
    Aes256Gcm = 2,

    /// <summary>ChaCha20-Poly1305 (RFC 8439).</summary>
    ChaCha20Poly1305 = 3,
}
