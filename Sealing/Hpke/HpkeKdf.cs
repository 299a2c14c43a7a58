using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CocoonOrleans.Sealing.Hpke;

/// <summary>LabeledExtract and LabeledExpand with HKDF-SHA256 (RFC 9180, section 4).</summary>
internal static class HpkeKdf
{
    private const int OnStack = 512;

    private static ReadOnlySpan<byte> Version => "HPKE-v1"u8;

    /// <summary>Extracts 32 bytes.</summary>
    public static void Extract(ReadOnlySpan<byte> suiteId, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> label, ReadOnlySpan<byte> ikm, Span<byte> prk)
    {
        var length = Version.Length + suiteId.Length + label.Length + ikm.Length;
        var labeled = length <= OnStack ? stackalloc byte[length] : new byte[length];
        Join(labeled, [], suiteId, label, ikm);
        HKDF.Extract(HashAlgorithmName.SHA256, labeled, salt, prk);
        CryptographicOperations.ZeroMemory(labeled);
    }

    /// <summary>Expands to as many bytes as there is room for.</summary>
    public static void Expand(ReadOnlySpan<byte> suiteId, ReadOnlySpan<byte> prk, ReadOnlySpan<byte> label, ReadOnlySpan<byte> info, Span<byte> output)
    {
        var length = sizeof(ushort) + Version.Length + suiteId.Length + label.Length + info.Length;
        var labeled = length <= OnStack ? stackalloc byte[length] : new byte[length];
        Span<byte> size = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(size, (ushort)output.Length);
        Join(labeled, size, suiteId, label, info);
        HKDF.Expand(HashAlgorithmName.SHA256, prk, output, labeled);
    }

    private static void Join(Span<byte> output, ReadOnlySpan<byte> size, ReadOnlySpan<byte> suiteId, ReadOnlySpan<byte> label, ReadOnlySpan<byte> rest)
    {
        size.CopyTo(output);
        output = output[size.Length..];
        Version.CopyTo(output);
        output = output[Version.Length..];
        suiteId.CopyTo(output);
        output = output[suiteId.Length..];
        label.CopyTo(output);
        rest.CopyTo(output[label.Length..]);
    }
}
