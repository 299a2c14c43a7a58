using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using CocoonOrleans.Sealing.Encoding;
using CocoonOrleans.Sealing.Hpke;

namespace CocoonOrleans.Sealing.Statements;

/// <summary>What a worker says about itself and its quote vouches for (docs/protocol.md, section 2).</summary>
public sealed record Statement
{
    /// <summary>Most bytes of its encoding.</summary>
    public const int MaxBytes = 4096;

    /// <summary>Longest time between <see cref="NotBefore"/> and <see cref="Expires"/>.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(10);

    private const int Version = 1;
    private const int BootIdBytes = 16;
    private const int MostKeys = 8;
    private const int MostKeyBytes = 2048;
    private const int MostModels = 64;
    private const int MostEngineCharacters = 100;
    private const uint AlwaysThere = 0b1_0100_0111_1111_1111;

    /// <summary>The network; 1 to 64 of a-z, 0-9, '.', '-'.</summary>
    public required string NetworkId { get; init; }

    /// <summary>As whom it speaks.</summary>
    public required StatementRole Role { get; init; }

    /// <summary>What stands behind it.</summary>
    public required TrustTier Tier { get; init; }

    /// <summary>16 random bytes, new with each start.</summary>
    public required ReadOnlyMemory<byte> BootId { get; init; }

    /// <summary>The number of the keys' epoch.</summary>
    public required uint Epoch { get; init; }

    /// <summary>From when it holds; whole seconds.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>Until when it holds; whole seconds, at most <see cref="LongestLife"/> later.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>The keys to which can be sealed; 1 to 8, suites rising.</summary>
    public required IReadOnlyList<SuiteKey> Keys { get; init; }

    /// <summary>The key that signs usage receipts: a P-256 point, 65 bytes.</summary>
    public required ReadOnlyMemory<byte> ReceiptKey { get; init; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo of the tunnel's TLS key.</summary>
    public required Digest TunnelKeySha256 { get; init; }

    /// <summary>The root over the clients' nonces; null in an epoch's statement.</summary>
    public Digest? NonceRoot { get; init; }

    /// <summary>Hash of a recent block of the chain; null on a network without one.</summary>
    public Digest? Beacon { get; init; }

    /// <summary>SHA-256 of the GPU evidence; null where there is none.</summary>
    public Digest? GpuEvidenceSha256 { get; init; }

    /// <summary>The manifest hashes of the models served; at most 64.</summary>
    public required IReadOnlyList<Digest> Models { get; init; }

    /// <summary>The image manifest's id; null where nothing was measured.</summary>
    public Digest? Image { get; init; }

    /// <summary>Version of the engine; 1 to 100 characters.</summary>
    public required string EngineVersion { get; init; }

    /// <summary>How the weights are kept; 1 to 100 characters.</summary>
    public required string Quantisation { get; init; }

    /// <summary>The key of a suite.</summary>
    /// <returns>Null where it is not offered.</returns>
    public SuiteKey? KeyOf(SealingSuite suite) => Keys.FirstOrDefault(key => key.Suite == suite);

    /// <summary>The bytes that are bound by the quote.</summary>
    /// <exception cref="ArgumentException">A field is out of its range; the message names it.</exception>
    public byte[] Encode()
    {
        if (FindFault() is { } field)
        {
            throw new ArgumentException($"{field} is out of its range.", field);
        }

        return Encode(withNonceRootAndGpuEvidence: true);
    }

    /// <summary>Reads a statement.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="statement">What they say.</param>
    /// <returns>False where they are not a statement with every field in its range, in the one form that it has.</returns>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out Statement? statement)
    {
        if (!TryDecode(bytes, out statement, out var field) || field is not null)
        {
            statement = null;
            return false;
        }

        return true;
    }

    /// <summary>Reads a statement whose fields may be out of their ranges.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="statement">What they say.</param>
    /// <param name="field">The first field that is out of its range; null where none is.</param>
    /// <returns>False where they do not have the one form of a statement.</returns>
    internal static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out Statement? statement, out string? field)
    {
        (statement, field) = (null, null);
        if (bytes.Length > MaxBytes || !DeterministicCbor.TryRead(bytes, Read, out statement))
        {
            return false;
        }

        field = statement.FindFault();
        return true;
    }

    internal byte[] Encode(bool withNonceRootAndGpuEvidence) => DeterministicCbor.WriteMap(writer =>
    {
        Number(0, Version);
        writer.WriteInt32(1);
        writer.WriteTextString(NetworkId);
        Number(2, (long)Role);
        Number(3, (long)Tier);
        Bytes(4, BootId);
        Number(5, Epoch);
        Number(6, NotBefore.ToUnixTimeSeconds());
        Number(7, Expires.ToUnixTimeSeconds());
        writer.WriteInt32(8);
        writer.WriteStartArray(Keys.Count);
        foreach (var key in Keys)
        {
            writer.WriteStartArray(2);
            writer.WriteInt32((int)key.Suite);
            writer.WriteByteString(key.PublicKey.Span);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        Bytes(9, ReceiptKey);
        Hash(10, TunnelKeySha256);
        if (withNonceRootAndGpuEvidence)
        {
            Hash(11, NonceRoot);
        }

        Hash(12, Beacon);
        if (withNonceRootAndGpuEvidence)
        {
            Hash(13, GpuEvidenceSha256);
        }

        writer.WriteInt32(14);
        writer.WriteStartArray(Models.Count);
        foreach (var model in Models)
        {
            writer.WriteByteString(model.ToArray());
        }

        writer.WriteEndArray();
        Hash(15, Image);
        writer.WriteInt32(16);
        writer.WriteStartArray(2);
        writer.WriteTextString(EngineVersion);
        writer.WriteTextString(Quantisation);
        writer.WriteEndArray();

        void Number(int key, long value)
        {
            writer.WriteInt32(key);
            writer.WriteInt64(value);
        }

        void Bytes(int key, ReadOnlyMemory<byte> value)
        {
            writer.WriteInt32(key);
            writer.WriteByteString(value.Span);
        }

        void Hash(int key, Digest? value)
        {
            if (value is { } hash)
            {
                Bytes(key, hash.ToArray());
            }
        }
    });

    private static Statement Read(CborReader reader)
    {
        string network = "", engine = "", quantisation = "";
        byte[] boot = [], receiptKey = [];
        var (role, tier, epoch) = (0L, 0L, 0L);
        var (notBefore, expires) = (0L, 0L);
        SuiteKey[] keys = [];
        Digest[] models = [];
        Digest tunnelKey = default;
        Digest? nonceRoot = null, beacon = null, gpu = null, image = null;
        reader.ReadMap(AlwaysThere, key =>
        {
            switch (key)
            {
                case 0 when reader.ReadNumber(Version) == Version: return true;
                case 1: network = reader.ReadText(NetworkName.MaxLength); return true;
                case 2: role = reader.ReadNumber(int.MaxValue); return true;
                case 3: tier = reader.ReadNumber(int.MaxValue); return true;
                case 4: boot = reader.ReadBytes(BootIdBytes, BootIdBytes); return true;
                case 5: epoch = reader.ReadNumber(uint.MaxValue); return true;
                case 6: notBefore = reader.ReadNumber(UnixTime.MaxSeconds); return true;
                case 7: expires = reader.ReadNumber(UnixTime.MaxSeconds); return true;
                case 8: keys = reader.ReadArray(0, MostKeys, () => ReadKey(reader)); return true;
                case 9: receiptKey = reader.ReadBytes(P256Kem.PointBytes, P256Kem.PointBytes); return true;
                case 10: tunnelKey = reader.ReadDigest(); return true;
                case 11: nonceRoot = reader.ReadDigest(); return true;
                case 12: beacon = reader.ReadDigest(); return true;
                case 13: gpu = reader.ReadDigest(); return true;
                case 14: models = reader.ReadArray(0, MostModels, reader.ReadDigest); return true;
                case 15: image = reader.ReadDigest(); return true;
                case 16:
                    reader.ReadStartArray(length: 2);
                    (engine, quantisation) = (reader.ReadText(MostEngineCharacters), reader.ReadText(MostEngineCharacters));
                    reader.ReadEndArray();
                    return true;
                default: return false;
            }
        });
        return new Statement
        {
            NetworkId = network,
            Role = (StatementRole)role,
            Tier = (TrustTier)tier,
            BootId = boot,
            Epoch = (uint)epoch,
            NotBefore = DateTimeOffset.FromUnixTimeSeconds(notBefore),
            Expires = DateTimeOffset.FromUnixTimeSeconds(expires),
            Keys = keys,
            ReceiptKey = receiptKey,
            TunnelKeySha256 = tunnelKey,
            NonceRoot = nonceRoot,
            Beacon = beacon,
            GpuEvidenceSha256 = gpu,
            Models = models,
            Image = image,
            EngineVersion = engine,
            Quantisation = quantisation,
        };
    }

    private static SuiteKey ReadKey(CborReader reader)
    {
        reader.ReadStartArray(length: 2);
        var key = new SuiteKey((SealingSuite)reader.ReadNumber(ushort.MaxValue), reader.ReadBytes(1, MostKeyBytes));
        reader.ReadEndArray();
        return key;
    }

    /// <summary>The name of the first field that is out of its range.</summary>
    private string? FindFault() =>
        !NetworkName.IsValid(NetworkId) ? nameof(NetworkId)
        : !Enum.IsDefined(Role) ? nameof(Role)
        : !Enum.IsDefined(Tier) ? nameof(Tier)
        : BootId.Length != BootIdBytes ? nameof(BootId)
        : !UnixTime.IsValid(NotBefore) ? nameof(NotBefore)
        : !UnixTime.IsValid(Expires) || Expires <= NotBefore || Expires - NotBefore > LongestLife ? nameof(Expires)
        : Keys.Count > MostKeys || (Keys.Count == 0 && Role != StatementRole.Gateway) || !AreKeys() ? nameof(Keys)
        : !P256Kem.IsPoint(ReceiptKey.Span) ? nameof(ReceiptKey)
        : GpuEvidenceSha256 is null && Tier == TrustTier.Confidential ? nameof(GpuEvidenceSha256)
        : Models.Count > MostModels ? nameof(Models)
        : Image is null && Tier >= TrustTier.Tdx ? nameof(Image)
        : !CborReading.IsText(EngineVersion, MostEngineCharacters) ? nameof(EngineVersion)
        : !CborReading.IsText(Quantisation, MostEngineCharacters) ? nameof(Quantisation)
        : null;

    private bool AreKeys()
    {
        for (var i = 0; i < Keys.Count; i++)
        {
            var key = Keys[i];
            var valid = HpkeSuite.Of(key.Suite) is { } suite ? suite.Kem.IsPublicKey(key.PublicKey.Span) : key.PublicKey.Length is >= 1 and <= MostKeyBytes;
            if (!valid || (i > 0 && key.Suite <= Keys[i - 1].Suite))
            {
                return false;
            }
        }

        return true;
    }
}
