using System.Security.Cryptography;
using Curve25519 = Org.BouncyCastle.Math.EC.Rfc7748.X25519;

namespace CocoonOrleans.Sealing.Hpke;

/// <summary>DHKEM(X25519, HKDF-SHA256). Public keys are 32 bytes (RFC 7748). BouncyCastle's working copies of a key on the stack are not cleared.</summary>
internal sealed class X25519Kem() : Kem(0x0020, KeyBytes)
{
    private const int KeyBytes = 32;

    /// <inheritdoc/>
    public override KemPrivateKey Generate()
    {
        var key = new PrivateKey();
        key.Fill(RandomNumberGenerator.Fill);
        return key;
    }

    /// <inheritdoc/>
    public override KemPrivateKey Import(ReadOnlySpan<byte> privateKey)
    {
        var bytes = privateKey.ToArray();
        var key = new PrivateKey();
        key.Fill(room => bytes.CopyTo(room));
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    /// <summary>Every 32 bytes are a key; those of low order show when they are used.</summary>
    public override bool IsPublicKey(ReadOnlySpan<byte> publicKey) => publicKey.Length == KeyBytes;

    private sealed class PrivateKey : KemPrivateKey
    {
        // Pinned: the garbage collector makes no copies that nobody clears.
        private readonly byte[] _key = GC.AllocateArray<byte>(KeyBytes, pinned: true);
        private readonly byte[] _publicKey = new byte[KeyBytes];

        public override ReadOnlySpan<byte> PublicKey => _publicKey;

        public void Fill(FillKey fill)
        {
            fill(_key);
            Curve25519.GeneratePublicKey(_key, 0, _publicKey, 0);
        }

        /// <summary>RFC 9180, section 7.1.4: an agreement of only zeros, from a key of low order, is refused; CalculateAgreement says so.</summary>
        protected override bool Agree(ReadOnlySpan<byte> publicKey, Span<byte> secret)
        {
            if (publicKey.Length != KeyBytes)
            {
                return false;
            }

            var agreed = new byte[KeyBytes];
            var valid = Curve25519.CalculateAgreement(_key, 0, publicKey.ToArray(), 0, agreed, 0);
            agreed.CopyTo(secret);
            CryptographicOperations.ZeroMemory(agreed);
            return valid;
        }

        protected override void Zero() => CryptographicOperations.ZeroMemory(_key);
    }

    private delegate void FillKey(Span<byte> key);
}
