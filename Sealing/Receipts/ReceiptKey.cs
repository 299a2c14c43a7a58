using System.Security.Cryptography;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Sealing.Receipts;

/// <summary>The key that signs a worker's usage receipts: P-256, new with each start, in the platform's memory only. Thread-safe.</summary>
public sealed class ReceiptKey : IDisposable
{
    /// <summary>Length of a signature (ES256: r and s, 32 bytes each).</summary>
    public const int SignatureBytes = 64;

    private readonly Lock _turn = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Makes a key.</summary>
    public ReceiptKey() => PublicKey = P256Kem.Point(_key.ExportParameters(includePrivateParameters: false));

    /// <summary>The public half as it stands in a statement: 65 bytes.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Signs a statement in place of a quote: what tier <c>open</c> has.</summary>
    public byte[] Sign(BoundStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return Sign(statement.Bound());
    }

    /// <summary>Checks a signature that stands in place of a quote. It proves only that whoever speaks has the receipt key.</summary>
    public static bool Verify(BoundStatement statement, ReadOnlySpan<byte> signature)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return Verify(statement.Statement.ReceiptKey.Span, statement.Bound(), signature);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_turn)
        {
            _key.Dispose();
        }
    }

    /// <summary>Signs bytes that begin with the label of their purpose.</summary>
    internal byte[] Sign(ReadOnlySpan<byte> labeled)
    {
        lock (_turn)
        {
            return _key.SignData(labeled, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    /// <summary>Checks a signature; takes any bytes.</summary>
    internal static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> labeled, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureBytes || !P256Kem.IsPoint(publicKey))
        {
            return false;
        }

        try
        {
            using var key = ECDsa.Create(P256Kem.Parameters(publicKey));
            return key.VerifyData(labeled, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            return false; // a point that is not on the curve
        }
    }
}
