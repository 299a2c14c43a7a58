using System.Formats.Cbor;
using System.Security.Cryptography;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Sealing.Encoding;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Attestation.Images;

/// <summary>What an image is built from and what a TD that runs it measures: a map in deterministic CBOR, whose SHA-256 is the image's id. The keys stand in docs/protocol.md.</summary>
public sealed record ImageManifest
{
    /// <summary>The most bytes that are looked at.</summary>
    public const int LargestBytes = 1024 * 1024;

    private const int Version = 1;
    private const int HighestKey = 15;
    private const int MeasurementBytes = 48;
    private const int AttributeBytes = 8;
    private const int HashBytes = 32;
    private const int LongestName = 256;
    private const int LongestRecipe = 64 * 1024;
    private const int MostItems = 4096;
    private const uint AlwaysThere = 0b1111_1111_1111_1111;

    /// <summary>The commit of the source.</summary>
    public required string SourceCommit { get; init; }

    /// <summary>How it is built from that.</summary>
    public required string BuildRecipe { get; init; }

    /// <summary>Its files.</summary>
    public required IReadOnlyList<ImageFile> Files { get; init; }

    /// <summary><see cref="TrustTier.Tdx"/> without a GPU driver, else <see cref="TrustTier.Confidential"/>.</summary>
    public required TrustTier Tier { get; init; }

    /// <summary>MRTD: the firmware, 48 bytes.</summary>
    public required ReadOnlyMemory<byte> MrTd { get; init; }

    /// <summary>The virtual machines that it may run in.</summary>
    public required IReadOnlyList<VmShape> Shapes { get; init; }

    /// <summary>RTMR1: boot loader and kernel, 48 bytes.</summary>
    public required ReadOnlyMemory<byte> Rtmr1 { get; init; }

    /// <summary>RTMR2: command line and initial file system, 48 bytes.</summary>
    public required ReadOnlyMemory<byte> Rtmr2 { get; init; }

    /// <summary>The events of RTMR3, in order; none where it must be zero.</summary>
    public required IReadOnlyList<RuntimeMeasurement> Rtmr3 { get; init; }

    /// <summary>MRCONFIGID, 48 bytes.</summary>
    public required ReadOnlyMemory<byte> MrConfigId { get; init; }

    /// <summary>MROWNER, 48 bytes.</summary>
    public required ReadOnlyMemory<byte> MrOwner { get; init; }

    /// <summary>MROWNERCONFIG, 48 bytes.</summary>
    public required ReadOnlyMemory<byte> MrOwnerConfig { get; init; }

    /// <summary>TDATTRIBUTES, 8 bytes.</summary>
    public required ReadOnlyMemory<byte> TdAttributes { get; init; }

    /// <summary>XFAM, 8 bytes.</summary>
    public required ReadOnlyMemory<byte> Xfam { get; init; }

    /// <summary>The TDX modules that it may run on, by MRSEAM, 48 bytes each; none for any that Intel's documents take.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> MrSeams { get; init; }

    /// <summary>Its bytes.</summary>
    public byte[] Encode()
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartMap(HighestKey + 1);
        Write(writer, 0, () => writer.WriteInt32(Version));
        Write(writer, 1, () => writer.WriteTextString(SourceCommit));
        Write(writer, 2, () => writer.WriteTextString(BuildRecipe));
        Write(writer, 3, () => WritePairs(writer, Files, file => file.Name, file => file.Sha256));
        Write(writer, 4, () => writer.WriteInt32((int)Tier));
        Write(writer, 5, () => writer.WriteByteString(MrTd.Span));
        Write(writer, 6, () => WritePairs(writer, Shapes, shape => shape.Name, shape => shape.Rtmr0));
        Write(writer, 7, () => writer.WriteByteString(Rtmr1.Span));
        Write(writer, 8, () => writer.WriteByteString(Rtmr2.Span));
        Write(writer, 9, () => WritePairs(writer, Rtmr3, measurement => measurement.Name, measurement => measurement.Payload));
        Write(writer, 10, () => writer.WriteByteString(MrConfigId.Span));
        Write(writer, 11, () => writer.WriteByteString(MrOwner.Span));
        Write(writer, 12, () => writer.WriteByteString(MrOwnerConfig.Span));
        Write(writer, 13, () => writer.WriteByteString(TdAttributes.Span));
        Write(writer, 14, () => writer.WriteByteString(Xfam.Span));
        Write(writer, 15, () =>
        {
            writer.WriteStartArray(MrSeams.Count);
            foreach (var seam in MrSeams)
            {
                writer.WriteByteString(seam.Span);
            }

            writer.WriteEndArray();
        });
        writer.WriteEndMap();
        return writer.Encode();
    }

    /// <summary>The image's id: SHA-256 of the manifest's bytes.</summary>
    public byte[] Id() => SHA256.HashData(Encode());

    /// <summary>Reads a manifest: its CBOR, or the JSON that its publisher writes (docs/attestation.md).</summary>
    /// <param name="bytes">The bytes; copied.</param>
    /// <param name="manifest">The manifest; null where it is refused.</param>
    /// <param name="refusal">Why it can't be read; null where it can.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out ImageManifest? manifest, out Refusal? refusal)
    {
        var copy = bytes[..Math.Min(bytes.Length, LargestBytes + 1)].ToArray();
        ImageManifest? parsed = null;
        refusal = RefusalEdge.Run(() => parsed = Parse(copy));
        manifest = parsed;
        return refusal is null;
    }

    private static ImageManifest Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > LargestBytes)
        {
            throw Refused($"was expected to have at most {LargestBytes} bytes");
        }

        // A map in CBOR begins with a byte above 0x9F.
        return Check(bytes.Span.TrimStart(" \t\r\n"u8) is [(byte)'{', ..] ? ImageManifestJson.Read(bytes) : ParseCbor(bytes));
    }

    private static ImageManifest Check(ImageManifest manifest) =>
        manifest.Tier is TrustTier.Tdx or TrustTier.Confidential && manifest.Rtmr3.All(measurement => !measurement.Name.Contains('\0', StringComparison.Ordinal))
            ? manifest
            : throw Refused("was expected to be of tier 2 or 3, with events without a zero in their names");

    private static ImageManifest ParseCbor(ReadOnlyMemory<byte> bytes) =>
        DeterministicCbor.TryRead(bytes, ReadCbor, out var manifest) && manifest.Encode().AsSpan().SequenceEqual(bytes.Span)
            ? manifest
            : throw Refused("was expected to be the map of docs/protocol.md in its one form, deterministic CBOR");

    private static ImageManifest ReadCbor(CborReader reader)
    {
        string commit = "", recipe = "";
        ImageFile[] files = [];
        VmShape[] shapes = [];
        RuntimeMeasurement[] events = [];
        var tier = 0L;
        byte[] mrTd = [], rtmr1 = [], rtmr2 = [], configId = [], owner = [], ownerConfig = [], attributes = [], xfam = [];
        ReadOnlyMemory<byte>[] seams = [];
        reader.ReadMap(AlwaysThere, key =>
        {
            switch (key)
            {
                case 0 when reader.ReadNumber(Version) == Version: return true;
                case 1: commit = Text(reader, LongestName); return true;
                case 2: recipe = Text(reader, LongestRecipe); return true;
                case 3: files = reader.ReadArray(0, MostItems, () => ReadPair(reader, HashBytes, (name, value) => new ImageFile(name, value))); return true;
                case 4: tier = reader.ReadNumber((long)TrustTier.Confidential); return true;
                case 5: mrTd = Measurement(reader); return true;
                case 6: shapes = reader.ReadArray(0, MostItems, () => ReadPair(reader, MeasurementBytes, (name, value) => new VmShape(name, value))); return true;
                case 7: rtmr1 = Measurement(reader); return true;
                case 8: rtmr2 = Measurement(reader); return true;
                case 9: events = reader.ReadArray(0, MostItems, () => ReadEvent(reader)); return true;
                case 10: configId = Measurement(reader); return true;
                case 11: owner = Measurement(reader); return true;
                case 12: ownerConfig = Measurement(reader); return true;
                case 13: attributes = reader.ReadBytes(AttributeBytes, AttributeBytes); return true;
                case 14: xfam = reader.ReadBytes(AttributeBytes, AttributeBytes); return true;
                case 15: seams = reader.ReadArray(0, MostItems, () => (ReadOnlyMemory<byte>)Measurement(reader)); return true;
                default: return false;
            }
        });
        return new ImageManifest
        {
            SourceCommit = commit,
            BuildRecipe = recipe,
            Files = files,
            Tier = (TrustTier)tier,
            MrTd = mrTd,
            Shapes = shapes,
            Rtmr1 = rtmr1,
            Rtmr2 = rtmr2,
            Rtmr3 = events,
            MrConfigId = configId,
            MrOwner = owner,
            MrOwnerConfig = ownerConfig,
            TdAttributes = attributes,
            Xfam = xfam,
            MrSeams = seams,
        };
    }

    private static byte[] Measurement(CborReader reader) => reader.ReadBytes(MeasurementBytes, MeasurementBytes);

    /// <remarks>A recipe has lines: unlike the texts of the protocol these may have control characters.</remarks>
    private static string Text(CborReader reader, int most) =>
        reader.ReadTextString() is { } text && text.Length <= most ? text : throw new CborContentException("A text out of its bounds.");

    private static T ReadPair<T>(CborReader reader, int bytes, Func<string, byte[], T> make)
    {
        reader.ReadStartArray(length: 2);
        var pair = make(Text(reader, LongestRecipe), reader.ReadBytes(bytes, bytes));
        reader.ReadEndArray();
        return pair;
    }

    private static RuntimeMeasurement ReadEvent(CborReader reader)
    {
        reader.ReadStartArray(length: 2);
        var name = Text(reader, LongestRecipe);
        ReadOnlyMemory<byte>? payload = null;
        if (reader.PeekState() == CborReaderState.Null)
        {
            reader.ReadNull();
        }
        else
        {
            payload = reader.ReadByteString();
        }

        reader.ReadEndArray();
        return new RuntimeMeasurement(name, payload);
    }

    private static RefusedException Refused(string expected) => new(RefusalCodes.ImageFormat, $"the image manifest {expected}");

    private static void Write(CborWriter writer, int key, Action value)
    {
        writer.WriteInt32(key);
        value();
    }

    private static void WritePairs<T>(CborWriter writer, IReadOnlyList<T> items, Func<T, string> name, Func<T, ReadOnlyMemory<byte>?> value)
    {
        writer.WriteStartArray(items.Count);
        foreach (var item in items)
        {
            writer.WriteStartArray(2);
            writer.WriteTextString(name(item));
            if (value(item) is { } bytes)
            {
                writer.WriteByteString(bytes.Span);
            }
            else
            {
                writer.WriteNull();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }
}
