namespace CocoonOrleans.Sealing.Hpke;

/// <summary>The suites of docs/protocol.md. Both derive with HKDF-SHA256 and seal with AES-256-GCM.</summary>
public enum SealingSuite : ushort
{
    /// <summary>DHKEM(P-256, HKDF-SHA256): all in the platform, and in every browser.</summary>
    P256 = 1,

    /// <summary>DHKEM(X25519, HKDF-SHA256).</summary>
    X25519 = 2,
}
