using System.Security.Cryptography;

namespace CocoonOrleans.Sealing.Hpke;

/// <summary>DHKEM(P-256, HKDF-SHA256). Public keys are uncompressed points, 65 bytes (SEC 1, section 2.3.3).</summary>
internal sealed class P256Kem() : Kem(0x0010, PointBytes)
{
    /// <summary>Length of an uncompressed point.</summary>
    public const int PointBytes = 65;

    private const int CoordinateBytes = 32;
    private const byte Uncompressed = 4;

    // p = 2^256 - 2^224 + 2^192 + 2^96 - 1 (SP 800-186, section 3.2.1.3)
    private static ReadOnlySpan<byte> Prime =>
    [
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    ];

    /// <inheritdoc/>
    public override KemPrivateKey Generate() => new PrivateKey(ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256));

    /// <inheritdoc/>
    public override KemPrivateKey Import(ReadOnlySpan<byte> privateKey)
    {
        var key = privateKey.ToArray();
        try
        {
            return new PrivateKey(ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = key }));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>One encoding for one point: the platform would take a coordinate above the prime and reduce it.</summary>
    public override bool IsPublicKey(ReadOnlySpan<byte> publicKey) => IsPoint(publicKey);

    /// <summary>Whether bytes have the form of a point: whether it is on the curve shows when it is used.</summary>
    public static bool IsPoint(ReadOnlySpan<byte> point) =>
        point.Length == PointBytes
        && point[0] == Uncompressed
        && point.Slice(1, CoordinateBytes).SequenceCompareTo(Prime) < 0
        && point[(1 + CoordinateBytes)..].SequenceCompareTo(Prime) < 0;

    /// <summary>The parameters of a point of the right form.</summary>
    public static ECParameters Parameters(ReadOnlySpan<byte> point) => new()
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = point.Slice(1, CoordinateBytes).ToArray(), Y = point[(1 + CoordinateBytes)..].ToArray() },
    };

    /// <summary>The bytes of a key's point.</summary>
    public static byte[] Point(ECParameters parameters) => [Uncompressed, .. parameters.Q.X!, .. parameters.Q.Y!];

    private sealed class PrivateKey(ECDiffieHellman key) : KemPrivateKey
    {
        // Only the public half is exported: the private one stays in the platform's memory, which clears it when it is freed.
        private readonly byte[] _publicKey = Point(key.ExportParameters(includePrivateParameters: false));

        public override ReadOnlySpan<byte> PublicKey => _publicKey;

        protected override bool Agree(ReadOnlySpan<byte> publicKey, Span<byte> secret)
        {
            if (!IsPoint(publicKey))
            {
                return false;
            }

            try
            {
                using var other = ECDiffieHellman.Create(Parameters(publicKey));
                using var half = other.PublicKey;
                var agreed = key.DeriveRawSecretAgreement(half);
                agreed.CopyTo(secret);
                CryptographicOperations.ZeroMemory(agreed);
                return true;
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException)
            {
                return false; // a point that is not on the curve
            }
        }

        protected override void Zero() => key.Dispose();
    }
}
