using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using System.Security.Cryptography;
using CocoonOrleans.Sealing.Encoding;

namespace CocoonOrleans.Attestation.Gpus;

/// <summary>
/// What all GPUs of a worker show: deterministic CBOR, <c>[[report, chain], ...]</c> (<c>docs/protocol.md</c>). A statement names it by its hash, and each
/// report is made for the nonce that comes of the statement, so that it is of this TD and of this epoch.
/// </summary>
public sealed class GpuEvidence
{
    /// <summary>The most GPUs of a worker.</summary>
    public const int MostDevices = 16;

    /// <summary>The most bytes of it: with 16 GPUs some 160 KiB.</summary>
    public const int LargestBytes = 1024 * 1024;

    /// <param name="devices">The GPUs, all that the worker uses: one to <see cref="MostDevices"/>.</param>
    /// <exception cref="ArgumentException">It is none, or too many.</exception>
    public GpuEvidence(IReadOnlyList<GpuDevice> devices)
    {
        ArgumentNullException.ThrowIfNull(devices);
        if (devices.Count is 0 or > MostDevices)
        {
            throw new ArgumentException($"A worker shows 1 to {MostDevices} GPUs.", nameof(devices));
        }

        Devices = devices;
    }

    /// <summary>The GPUs.</summary>
    public IReadOnlyList<GpuDevice> Devices { get; }

    /// <summary>The bytes that <see cref="Hash"/> is over.</summary>
    public byte[] Encode()
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartArray(Devices.Count);
        foreach (var device in Devices)
        {
            writer.WriteStartArray(2);
            writer.WriteByteString(device.Report.Span);
            writer.WriteByteString(device.Chain.Span);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        return writer.Encode();
    }

    /// <summary>The hash that a statement names, SHA-256.</summary>
    public byte[] Hash() => SHA256.HashData(Encode());

    /// <summary>Reads what a stranger sent.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="evidence">What they are.</param>
    /// <returns>False where they are not that and nothing else, in its one form.</returns>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out GpuEvidence? evidence)
    {
        evidence = null;
        return bytes.Length <= LargestBytes && DeterministicCbor.TryRead(bytes, Read, out evidence);
    }

    private static GpuEvidence Read(CborReader reader)
    {
        var count = Length(reader);
        if (count is 0 or > MostDevices)
        {
            throw new CborContentException("Too few or too many GPUs.");
        }

        var devices = new List<GpuDevice>(count);
        for (var index = 0; index < count; index++)
        {
            if (Length(reader) != 2)
            {
                throw new CborContentException("A GPU has a report and a chain.");
            }

            devices.Add(new GpuDevice(reader.ReadByteString(), reader.ReadByteString()));
            reader.ReadEndArray();
        }

        reader.ReadEndArray();
        return new GpuEvidence(devices);
    }

    private static int Length(CborReader reader) => reader.ReadStartArray() ?? throw new CborContentException("A length was expected.");
}
