using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using CocoonOrleans.Sealing.Encoding;

namespace CocoonOrleans.Attestation.Gpus.References;

/// <summary>What is needed to judge what GPUs run, beside their reports: NVIDIA's signed documents. All of it may come from anyone, in any order.</summary>
public sealed record GpuReferences
{
    /// <summary>The most documents that are looked at.</summary>
    public const int MostManifests = 16;

    /// <summary>The most answers that are looked at.</summary>
    public const int MostRevocationAnswers = 128;

    /// <summary>Reference integrity manifests of drivers and of VBIOS, as NVIDIA's service tells them, decoded.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Manifests { get; init; } = [];

    /// <summary>Answers of NVIDIA's OCSP responder about the certificates of GPUs and of the manifests' signers, DER (RFC 6960).</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> RevocationAnswers { get; init; } = [];

    /// <summary>How they travel: deterministic CBOR, <c>[[manifest, ...], [answer, ...]]</c> (<c>docs/protocol.md</c>).</summary>
    public byte[] Encode()
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartArray(2);
        foreach (var documents in (IReadOnlyList<ReadOnlyMemory<byte>>[])[Manifests, RevocationAnswers])
        {
            writer.WriteStartArray(documents.Count);
            foreach (var document in documents)
            {
                writer.WriteByteString(document.Span);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        return writer.Encode();
    }

    /// <summary>Reads what a stranger sent.</summary>
    /// <param name="bytes">Any bytes; the caller bounds them.</param>
    /// <param name="references">What they are.</param>
    /// <returns>False where they are not that and nothing else, in its one form, or too many.</returns>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out GpuReferences? references) => DeterministicCbor.TryRead(bytes, Read, out references);

    private static GpuReferences Read(CborReader reader)
    {
        reader.ReadStartArray(2);
        var manifests = Documents(reader, MostManifests);
        var answers = Documents(reader, MostRevocationAnswers);
        reader.ReadEndArray();
        return new GpuReferences { Manifests = manifests, RevocationAnswers = answers };
    }

    private static ReadOnlyMemory<byte>[] Documents(CborReader reader, int most) => reader.ReadArray(0, most, () => (ReadOnlyMemory<byte>)reader.ReadByteString());
}
