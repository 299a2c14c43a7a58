using CocoonOrleans.Ton.Cells;
using NSec.Cryptography;

namespace CocoonOrleans.Ton.Signatures;

/// <summary>An Ed25519 public key, as contracts store it (RFC 8032).</summary>
/// <param name="Bits">The 32 bytes.</param>
public readonly record struct PublicKey(Bits256 Bits)
{
    /// <summary>Whether this key signed the hash of a cell, as CHKSIGNU of the TVM checks it.</summary>
    /// <returns>False also when the key is no point of the curve.</returns>
    public bool Verifies(Cell cell, Signature signature)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return NSec.Cryptography.PublicKey.TryImport(SignatureAlgorithm.Ed25519, Bits.ToArray(), KeyBlobFormat.RawPublicKey, out NSec.Cryptography.PublicKey? key)
            && key is not null
            && SignatureAlgorithm.Ed25519.Verify(key, cell.Hash.ToArray(), signature.ToArray());
    }

    /// <summary>64 hexadecimal digits.</summary>
    public override string ToString() => Bits.ToString();
}
