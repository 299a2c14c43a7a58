using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Verification;

namespace CocoonOrleans.Attestation.Statements;

/// <summary>
/// What a TD says of itself, and binds to its quote: REPORTDATA is <see cref="ReportData"/>. Its form is a map in deterministic CBOR; the keys stand in
/// docs/protocol.md. An instance is immutable and always in the one form that it has.
/// </summary>
public sealed record Statement
{
    /// <summary>The longest that one may hold.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(10);

    /// <summary>The most bytes that are looked at.</summary>
    public const int LargestBytes = 16 * 1024;

    private const int Version = 1;
    private const int HighestKey = 16;
    private const int HashBytes = 32;
    private const int PointBytes = 65;
    private const int BootIdBytes = 16;
    private const int MostSealingKeys = 8;
    private const int LongestSealingKey = 4096;

    private static readonly byte[] Label = [.. Encoding.ASCII.GetBytes("cocoon/attest/v1"), 0];

    /// <summary>Which network.</summary>
    public required string NetworkId { get; init; }

    /// <summary>What it states to be.</summary>
    public required StatementRole Role { get; init; }

    /// <summary>The tier that it claims.</summary>
    public required TrustTier Tier { get; init; }

    /// <summary>16 random bytes, new with each boot.</summary>
    public required ReadOnlyMemory<byte> BootId { get; init; }

    /// <summary>Counts from the boot on; each epoch has new sealing keys.</summary>
    public required long Epoch { get; init; }

    /// <summary>From when it holds, to the second.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>Until when; at most <see cref="LongestLife"/> later.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>The keys under which requests are sealed to it.</summary>
    public required IReadOnlyList<SealingKey> SealingKeys { get; init; }

    /// <summary>The key that signs its usage receipts: a point of P-256, uncompressed, 65 bytes.</summary>
    public required ReadOnlyMemory<byte> ReceiptKey { get; init; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo of its tunnel's TLS key.</summary>
    public required ReadOnlyMemory<byte> TunnelKeyHash { get; init; }

    /// <summary>The Merkle root of the nonces that clients asked for; null in the statement of an epoch.</summary>
    public ReadOnlyMemory<byte>? NonceRoot { get; init; }

    /// <summary>The hash of a recent block of the masterchain, 32 bytes: it can't be older than that.</summary>
    public required ReadOnlyMemory<byte> Beacon { get; init; }

    /// <summary>SHA-256 of its GPU evidence; null without a GPU.</summary>
    public ReadOnlyMemory<byte>? GpuEvidenceHash { get; init; }

    /// <summary>The manifest hashes of the models that it serves, 32 bytes each.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Models { get; init; }

    /// <summary>The id of its image; null in tier open.</summary>
    public ReadOnlyMemory<byte>? ImageId { get; init; }

    /// <summary>Which engine computes, and its version.</summary>
    public required string Engine { get; init; }

    /// <summary>How weights are rounded; <c>none</c> where they are not.</summary>
    public required string Quantization { get; init; }

    /// <summary>Its bytes.</summary>
    public byte[] Encode()
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartMap(14 + (NonceRoot is null ? 0 : 1) + (GpuEvidenceHash is null ? 0 : 1) + (ImageId is null ? 0 : 1));
        Write(writer, 0, () => writer.WriteInt32(Version));
        Write(writer, 1, () => writer.WriteTextString(NetworkId));
        Write(writer, 2, () => writer.WriteInt32((int)Role));
        Write(writer, 3, () => writer.WriteInt32((int)Tier));
        Write(writer, 4, () => writer.WriteByteString(BootId.Span));
        Write(writer, 5, () => writer.WriteInt64(Epoch));
        Write(writer, 6, () => writer.WriteInt64(NotBefore.ToUnixTimeSeconds()));
        Write(writer, 7, () => writer.WriteInt64(Expires.ToUnixTimeSeconds()));
        Write(writer, 8, () => WriteList(writer, SealingKeys, key =>
        {
            writer.WriteStartArray(2);
            writer.WriteInt32(key.Suite);
            writer.WriteByteString(key.PublicKey.Span);
            writer.WriteEndArray();
        }));
        Write(writer, 9, () => writer.WriteByteString(ReceiptKey.Span));
        Write(writer, 10, () => writer.WriteByteString(TunnelKeyHash.Span));
        WriteOptional(writer, 11, NonceRoot);
        Write(writer, 12, () => writer.WriteByteString(Beacon.Span));
        WriteOptional(writer, 13, GpuEvidenceHash);
        Write(writer, 14, () => WriteList(writer, Models, model => writer.WriteByteString(model.Span)));
        WriteOptional(writer, 15, ImageId);
        Write(writer, 16, () =>
        {
            writer.WriteStartArray(2);
            writer.WriteTextString(Engine);
            writer.WriteTextString(Quantization);
            writer.WriteEndArray();
        });
        writer.WriteEndMap();
        return writer.Encode();
    }

    /// <summary>What a TD must put into its quote for a statement: SHA-512("cocoon/attest/v1" || 0x00 || statement), 64 bytes.</summary>
    /// <param name="statement">The statement's bytes.</param>
    public static byte[] ReportData(ReadOnlySpan<byte> statement) => SHA512.HashData([.. Label, .. statement]);

    /// <summary>What a statement is known by: SHA-256 over the same bytes. Never the quote's hash: a quote can be rewritten.</summary>
    /// <param name="statement">The statement's bytes.</param>
    public static byte[] Hash(ReadOnlySpan<byte> statement) => SHA256.HashData([.. Label, .. statement]);

    /// <summary>Reads a statement; nothing is judged but its form.</summary>
    /// <param name="bytes">The bytes; copied.</param>
    /// <param name="statement">The statement; null where it is refused.</param>
    /// <param name="refusal">Why it can't be read; null where it can.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Statement? statement, out Refusal? refusal)
    {
        var copy = bytes[..Math.Min(bytes.Length, LargestBytes + 1)].ToArray();
        Statement? parsed = null;
        refusal = RefusalEdge.Run(() => parsed = Parse(copy));
        statement = parsed;
        return refusal is null;
    }

    /// <exception cref="RefusedException">It is no statement of this version in its one form.</exception>
    internal static Statement Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > LargestBytes)
        {
            throw Refused($"was expected to have at most {LargestBytes} bytes");
        }

        var map = new CborMap(bytes, "statement", RefusalCodes.StatementFormat);
        if (map.Number(0) is var version && version != Version)
        {
            throw Refused($"was expected to be of version {Version}, not {version}");
        }

        map.CheckKeys(HighestKey);
        var engine = map.List(16, reader => reader.ReadTextString());
        var statement = new Statement
        {
            NetworkId = map.Text(1),
            Role = (StatementRole)map.Number(2, (ulong)StatementRole.KeyRequest),
            Tier = (TrustTier)map.Number(3, (ulong)TrustTier.Confidential),
            BootId = map.Bytes(4, BootIdBytes),
            Epoch = (long)map.Number(5),
            NotBefore = Time(map, 6),
            Expires = Time(map, 7),
            SealingKeys = map.List(8, ReadSealingKey),
            ReceiptKey = map.Bytes(9, PointBytes),
            TunnelKeyHash = map.Bytes(10, HashBytes),
            NonceRoot = Optional(map, 11),
            Beacon = map.Bytes(12, HashBytes),
            GpuEvidenceHash = Optional(map, 13),
            Models = map.List(14, reader => (ReadOnlyMemory<byte>)map.Check(14, reader.ReadByteString(), HashBytes)),
            ImageId = Optional(map, 15),
            Engine = engine is [var name, _] ? name : throw Refused("was expected to name engine and quantisation as key 16"),
            Quantization = engine[1],
        };
        if (!Enum.IsDefined(statement.Role) || statement.SealingKeys.Count > MostSealingKeys)
        {
            throw Refused($"was expected to have a role from 1 to 4 and at most {MostSealingKeys} sealing keys");
        }

        return statement.Encode().AsSpan().SequenceEqual(bytes.Span)
            ? statement
            : throw Refused("was expected in its one form, deterministic CBOR");
    }

    private static SealingKey ReadSealingKey(CborReader reader)
    {
        reader.ReadStartArray();
        var suite = reader.ReadInt32();
        var key = reader.ReadByteString();
        reader.ReadEndArray();
        return key.Length is > 0 and <= LongestSealingKey
            ? new SealingKey(suite, key)
            : throw Refused($"was expected to have sealing keys of at most {LongestSealingKey} bytes");
    }

    private static DateTimeOffset Time(CborMap map, int key) => DateTimeOffset.FromUnixTimeSeconds((long)map.Number(key, int.MaxValue * 64UL));

    private static ReadOnlyMemory<byte>? Optional(CborMap map, int key) => map.OptionalBytes(key, HashBytes) is { } bytes ? bytes : default(ReadOnlyMemory<byte>?);

    private static RefusedException Refused(string expected) => new(RefusalCodes.StatementFormat, $"the statement {expected}");

    private static void Write(CborWriter writer, int key, Action value)
    {
        writer.WriteInt32(key);
        value();
    }

    private static void WriteOptional(CborWriter writer, int key, ReadOnlyMemory<byte>? bytes)
    {
        if (bytes is { } present)
        {
            Write(writer, key, () => writer.WriteByteString(present.Span));
        }
    }

    private static void WriteList<T>(CborWriter writer, IReadOnlyList<T> items, Action<T> write)
    {
        writer.WriteStartArray(items.Count);
        foreach (var item in items)
        {
            write(item);
        }

        writer.WriteEndArray();
    }
}
