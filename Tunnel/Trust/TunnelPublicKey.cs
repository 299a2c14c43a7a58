using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CocoonOrleans.Tunnel.Trust;

/// <summary>The public half of a tunnel key: P-256. A worker's or gateway's id is the SHA-256 of it.</summary>
public sealed class TunnelPublicKey : IEquatable<TunnelPublicKey>
{
    /// <summary>Length of a P-256 SubjectPublicKeyInfo with an uncompressed point, in bytes.</summary>
    public const int SubjectPublicKeyInfoLength = 91;

    // id-ecPublicKey with prime256v1, then an uncompressed point (RFC 5480): the only form we take, so that one key has one id.
    private static ReadOnlySpan<byte> P256Prefix =>
    [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A,
        0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ];

    private readonly byte[] _subjectPublicKeyInfo;

    private TunnelPublicKey(byte[] subjectPublicKeyInfo)
    {
        _subjectPublicKeyInfo = subjectPublicKeyInfo;
        Id = Convert.ToHexStringLower(SHA256.HashData(subjectPublicKeyInfo));
    }

    /// <summary>The SHA-256 of the SubjectPublicKeyInfo in 64 lower-case hex digits: the worker's or gateway's id.</summary>
    public string Id { get; }

    /// <summary>The DER bytes of the SubjectPublicKeyInfo (RFC 5280), 91 of them.</summary>
    public ReadOnlyMemory<byte> SubjectPublicKeyInfo => _subjectPublicKeyInfo;

    /// <summary>Reads the DER bytes of a SubjectPublicKeyInfo.</summary>
    /// <returns>Null where they are not a P-256 key with an uncompressed point on the curve.</returns>
    public static TunnelPublicKey? TryCreate(ReadOnlySpan<byte> subjectPublicKeyInfo)
    {
        if (subjectPublicKeyInfo.Length != SubjectPublicKeyInfoLength || !subjectPublicKeyInfo.StartsWith(P256Prefix))
            return null;
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out _);
            return new TunnelPublicKey(subjectPublicKeyInfo.ToArray());
        }
        catch (CryptographicException)
        {
            return null; // a point that is not on the curve
        }
    }

    /// <summary>The key that a certificate carries.</summary>
    /// <returns>Null where it is not P-256.</returns>
    public static TunnelPublicKey? TryCreate(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return TryCreate(certificate.PublicKey.ExportSubjectPublicKeyInfo());
    }

    /// <summary>Whether a text is an id: 64 lower-case hex digits.</summary>
    public static bool IsId(string? text) => text is { Length: 64 } && !text.AsSpan().ContainsAnyExcept("0123456789abcdef");

    /// <inheritdoc/>
    public bool Equals(TunnelPublicKey? other) => other is not null && Id == other.Id;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TunnelPublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);

    /// <summary>The id.</summary>
    public override string ToString() => Id;
}
