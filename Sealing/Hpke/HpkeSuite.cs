using System.Buffers.Binary;

namespace CocoonOrleans.Sealing.Hpke;

/// <summary>What is encapsulated with and sealed with; the key derivation is HKDF-SHA256 in all of them.</summary>
internal sealed class HpkeSuite
{
    private const ushort HkdfSha256 = 1;

    private readonly byte[] _id;

    public HpkeSuite(Kem kem, HpkeAead aead)
    {
        Kem = kem;
        Aead = aead;
        _id = [.. "HPKE"u8, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(_id.AsSpan(4), kem.Id);
        BinaryPrimitives.WriteUInt16BigEndian(_id.AsSpan(6), HkdfSha256);
        BinaryPrimitives.WriteUInt16BigEndian(_id.AsSpan(8), (ushort)aead);
    }

    /// <summary>The key encapsulation.</summary>
    public Kem Kem { get; }

    /// <summary>The authenticated encryption.</summary>
    public HpkeAead Aead { get; }

    /// <summary>The suite_id of RFC 9180, section 5.1.</summary>
    public ReadOnlySpan<byte> Id => _id;

    /// <summary>The suite of a number in statements and headers.</summary>
    /// <returns>Null for a number that we don't know.</returns>
    public static HpkeSuite? Of(SealingSuite suite) => suite switch
    {
        SealingSuite.P256 => P256,
        SealingSuite.X25519 => X25519,
        _ => null,
    };

    private static HpkeSuite P256 { get; } = new(Kem.P256, HpkeAead.Aes256Gcm);

    private static HpkeSuite X25519 { get; } = new(Kem.X25519, HpkeAead.Aes256Gcm);
}
