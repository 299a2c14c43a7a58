using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;

namespace CocoonOrleans.Sealing.Encoding;

/// <summary>Deterministic CBOR (RFC 8949, section 4.2.1): one meaning, one spelling. Keys are 0 to 23, so that .NET's canonical order is the RFC's.</summary>
internal static class DeterministicCbor
{
    /// <summary>Writes one map; its entries may come without their number being known.</summary>
    public static byte[] WriteMap(Action<CborWriter> entries)
    {
        var writer = new CborWriter(CborConformanceMode.Canonical, convertIndefiniteLengthEncodings: true);
        writer.WriteStartMap(null);
        entries(writer);
        writer.WriteEndMap();
        return writer.Encode();
    }

    /// <summary>Reads exactly one value.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="read">Reads the value; may throw what <see cref="CborReader"/> throws, or <see cref="CborContentException"/> for a value that is none.</param>
    /// <param name="value">What was read.</param>
    /// <returns>False where the bytes are not that value and nothing else, in the one form that it has.</returns>
    public static bool TryRead<T>(ReadOnlyMemory<byte> bytes, Func<CborReader, T> read, [NotNullWhen(true)] out T? value)
        where T : class
    {
        value = null;
        try
        {
            var reader = new CborReader(bytes, CborConformanceMode.Canonical);
            var result = read(reader);
            if (reader.BytesRemaining != 0)
            {
                return false;
            }

            value = result;
            return true;
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException or OverflowException or FormatException or ArgumentException)
        {
            return false;
        }
    }
}
