namespace CocoonOrleans.Attestation.Statements;

/// <summary>A key under which requests are sealed to whoever states it.</summary>
/// <param name="Suite">Which suite: 1 is DHKEM(P-256), HKDF-SHA256, AES-256-GCM.</param>
/// <param name="PublicKey">The HPKE public key.</param>
public sealed record SealingKey(int Suite, ReadOnlyMemory<byte> PublicKey);
