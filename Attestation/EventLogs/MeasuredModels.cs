using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Encoding;

namespace CocoonOrleans.Attestation.EventLogs;

/// <summary>The payload of the event <see cref="RuntimeEvent.ModelsName"/>: which models a worker may serve. A statement that names another one is refused.</summary>
public static class MeasuredModels
{
    /// <summary>Most models.</summary>
    public const int Most = 64;

    /// <summary>The payload: CBOR list of manifest hashes.</summary>
    /// <param name="manifests">The hashes, at most <see cref="Most"/>.</param>
    /// <exception cref="ArgumentException">There are too many.</exception>
    public static byte[] Encode(IReadOnlyList<Digest> manifests)
    {
        ArgumentNullException.ThrowIfNull(manifests);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(manifests.Count, Most);
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartArray(manifests.Count);
        foreach (var manifest in manifests)
        {
            writer.WriteByteString(manifest.ToArray());
        }

        writer.WriteEndArray();
        return writer.Encode();
    }

    /// <summary>Reads a payload.</summary>
    /// <param name="payload">Any bytes.</param>
    /// <param name="manifests">The hashes.</param>
    /// <returns>False where they are no such list, in the one form that it has.</returns>
    public static bool TryDecode(ReadOnlyMemory<byte> payload, [NotNullWhen(true)] out IReadOnlyList<Digest>? manifests)
    {
        var read = DeterministicCbor.TryRead(payload, reader => reader.ReadArray(0, Most, reader.ReadDigest), out var list);
        manifests = list;
        return read;
    }
}
