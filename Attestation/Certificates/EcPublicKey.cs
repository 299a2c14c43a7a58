using System.Formats.Asn1;
using System.Security.Cryptography;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Certificates;

/// <summary>A public key on P-256 or P-384. It keeps no handle of the platform: each verification imports the point anew, so that it is safe on any thread.</summary>
internal sealed class EcPublicKey
{
    private const string EcAlgorithm = "1.2.840.10045.2.1";
    private const byte Uncompressed = 4;

    private readonly ReadOnlyMemory<byte> _x;
    private readonly ReadOnlyMemory<byte> _y;

    /// <param name="xy">The coordinates, one after the other.</param>
    /// <param name="isP384">Whether the curve is P-384; else P-256.</param>
    public EcPublicKey(ReadOnlyMemory<byte> xy, bool isP384 = false)
    {
        IsP384 = isP384;
        _x = xy[..(xy.Length / 2)];
        _y = xy[(xy.Length / 2)..];
    }

    /// <summary>The curve: P-384 with SHA-384, else P-256 with SHA-256.</summary>
    public bool IsP384 { get; }

    /// <summary>SHA-256 over the coordinates, in hex: the same key has the same, in whatever certificate it stands.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData([.. _x.Span, .. _y.Span]));

    /// <summary>The point, uncompressed: what the bit string of a SubjectPublicKeyInfo holds.</summary>
    public byte[] Point() => [Uncompressed, .. _x.Span, .. _y.Span];

    /// <summary>Reads a SubjectPublicKeyInfo (RFC 5480).</summary>
    /// <param name="reader">Stands before it.</param>
    /// <param name="code">The code of a key of another kind.</param>
    public static EcPublicKey Read(AsnReader reader, string code)
    {
        var info = reader.ReadSequence();
        var algorithm = info.ReadSequence();
        var kind = algorithm.ReadObjectIdentifier();
        var curve = kind == EcAlgorithm ? algorithm.ReadObjectIdentifier() : "none";
        var isP384 = curve == "1.3.132.0.34";
        if (!isP384 && curve != "1.2.840.10045.3.1.7")
        {
            throw new RefusedException(code, $"a key on P-256 or P-384 was expected, not algorithm {kind} with curve {curve}");
        }

        algorithm.ThrowIfNotEmpty();
        var point = info.ReadBitString(out var unused);
        info.ThrowIfNotEmpty();
        if (unused != 0 || point.Length != 1 + (isP384 ? 96 : 64) || point[0] != Uncompressed)
        {
            throw new RefusedException(code, "an uncompressed point was expected as key");
        }

        return new EcPublicKey(point.AsMemory(1), isP384);
    }

    /// <summary>Whether a signature is this key's.</summary>
    /// <param name="data">What was signed.</param>
    /// <param name="signature">The signature.</param>
    /// <param name="format">Raw r and s in quotes, reports and Intel's JSON; DER in certificates and CRLs.</param>
    /// <exception cref="CryptographicException">The key is no point of the curve.</exception>
    public bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, DSASignatureFormat format)
    {
        using var key = ECDsa.Create(new ECParameters
        {
            Curve = IsP384 ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = _x.ToArray(), Y = _y.ToArray() },
        });
        return key.VerifyData(data, signature, IsP384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256, format);
    }
}
