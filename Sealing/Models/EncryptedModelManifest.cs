using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using CocoonOrleans.Sealing.Encoding;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Sealing.Models;

/// <summary>What an encrypted model is, and to whom its key is released (docs/protocol.md, section 16). Its hash names it to brokers; each has a manifest of its own beside its share, and judges by no other.</summary>
public sealed record EncryptedModelManifest
{
    /// <summary>Its file's name in the folder.</summary>
    public const string FileName = "model.cocoon";

    /// <summary>Most bytes of its encoding.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Most brokers.</summary>
    public const int MostBrokers = 16;

    /// <summary>Most images.</summary>
    public const int MostImages = 64;

    private const int Version = 1;
    private const int NameCharacters = 128;
    private const int MostFiles = 256;
    private const uint AlwaysThere = 0b1_1111_1111;

    /// <summary>A name for people, 1 to 128 characters.</summary>
    public required string Name { get; init; }

    /// <summary>The model's id: the hash of the manifest of its plain files, as catalogue, workers' statements and receipts name it.</summary>
    public required Digest ModelId { get; init; }

    /// <summary>1 to 256 encrypted files, names rising.</summary>
    public required IReadOnlyList<EncryptedFile> Files { get; init; }

    /// <summary>The key's hash: <see cref="ModelKey.Hash"/>.</summary>
    public required Digest KeyHash { get; init; }

    /// <summary>The least tier that gets the key: <see cref="TrustTier.Tdx"/> or <see cref="TrustTier.Confidential"/>; <see cref="TrustTier.Simulated"/> for test keys.</summary>
    public required TrustTier MinimumTier { get; init; }

    /// <summary>The images that get it, by id; at most 64, rising; at least one unless the key is a test key.</summary>
    public required IReadOnlyList<Digest> Images { get; init; }

    /// <summary>How many shares are needed.</summary>
    public required int Threshold { get; init; }

    /// <summary>1 to 16 brokers; the share of the first is that of x = 1.</summary>
    public required IReadOnlyList<ModelBroker> Brokers { get; init; }

    /// <summary>Names it.</summary>
    public Digest Hash() => Hash(Encode());

    /// <summary>Its bytes.</summary>
    /// <exception cref="ArgumentException">A field is out of its range; the message names it.</exception>
    public byte[] Encode()
    {
        if (FindFault() is { } field)
        {
            throw new ArgumentException($"{field} is out of its range.", field);
        }

        var bytes = Write();
        return bytes.Length <= MaxBytes ? bytes : throw new ArgumentException($"A manifest has at most {MaxBytes} bytes, not {bytes.Length}.", nameof(Files));
    }

    /// <summary>Reads a manifest.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="manifest">What they say.</param>
    /// <param name="hash">Their hash.</param>
    /// <returns>False where they are not a manifest with every field in its range, in the one form that it has.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out EncryptedModelManifest? manifest, out Digest hash)
    {
        hash = default;
        if (bytes.Length > MaxBytes || !DeterministicCbor.TryRead(bytes, Read, out manifest) || manifest.FindFault() is not null)
        {
            manifest = null;
            return false;
        }

        hash = Hash(bytes.Span);
        return true;
    }

    /// <summary>The name of the first field that is out of its range; null where none is.</summary>
    public string? FindFault() =>
        !CborReading.IsText(Name, NameCharacters) ? nameof(Name)
        : Files.Count is < 1 or > MostFiles || !Files.All(file => file.IsValid()) || !IsRising(Files, file => file.Name) ? nameof(Files)
        : MinimumTier is not (TrustTier.Simulated or TrustTier.Tdx or TrustTier.Confidential) ? nameof(MinimumTier)
        : Images.Count > MostImages || (Images.Count == 0 && MinimumTier != TrustTier.Simulated) || !IsRising(Images, image => image.ToString()) ? nameof(Images)
        : Brokers.Count is < 1 or > MostBrokers || !Brokers.All(broker => ModelBroker.IsAddress(broker.Address)) ? nameof(Brokers)
        : Threshold < 1 || Threshold > Brokers.Count ? nameof(Threshold)
        : null;

    private static Digest Hash(ReadOnlySpan<byte> bytes) => Digest.Of("cocoon/model/v1"u8, bytes);

    private static bool IsRising<T>(IReadOnlyList<T> list, Func<T, string> key) =>
        Enumerable.Range(1, Math.Max(0, list.Count - 1)).All(index => string.CompareOrdinal(key(list[index - 1]), key(list[index])) < 0);

    private byte[] Write() => DeterministicCbor.WriteMap(writer =>
    {
        Number(0, Version);
        writer.WriteInt32(1);
        writer.WriteTextString(Name);
        Bytes(2, ModelId);
        List(3, Files, file =>
        {
            writer.WriteStartArray(4);
            writer.WriteTextString(file.Name);
            writer.WriteInt64(file.Bytes);
            writer.WriteByteString(file.Salt.ToArray());
            writer.WriteByteString(file.Root.ToArray());
            writer.WriteEndArray();
        });
        Bytes(4, KeyHash);
        Number(5, (long)MinimumTier);
        List(6, Images, image => writer.WriteByteString(image.ToArray()));
        Number(7, Threshold);
        List(8, Brokers, broker =>
        {
            writer.WriteStartArray(2);
            writer.WriteTextString(broker.Address);
            writer.WriteByteString(broker.ShareHash.ToArray());
            writer.WriteEndArray();
        });

        void Number(int key, long value)
        {
            writer.WriteInt32(key);
            writer.WriteInt64(value);
        }

        void Bytes(int key, Digest value)
        {
            writer.WriteInt32(key);
            writer.WriteByteString(value.ToArray());
        }

        void List<T>(int key, IReadOnlyList<T> list, Action<T> write)
        {
            writer.WriteInt32(key);
            writer.WriteStartArray(list.Count);
            foreach (var item in list)
            {
                write(item);
            }

            writer.WriteEndArray();
        }
    });

    private static EncryptedModelManifest Read(CborReader reader)
    {
        var name = "";
        Digest model = default, key = default;
        EncryptedFile[] files = [];
        Digest[] images = [];
        ModelBroker[] brokers = [];
        var (tier, threshold) = (0L, 0L);
        reader.ReadMap(AlwaysThere, field =>
        {
            switch (field)
            {
                case 0 when reader.ReadNumber(Version) == Version: return true;
                case 1: name = reader.ReadText(NameCharacters); return true;
                case 2: model = reader.ReadDigest(); return true;
                case 3: files = reader.ReadArray(1, MostFiles, () => ReadFile(reader)); return true;
                case 4: key = reader.ReadDigest(); return true;
                case 5: tier = reader.ReadNumber((long)TrustTier.Confidential); return true;
                case 6: images = reader.ReadArray(0, MostImages, reader.ReadDigest); return true;
                case 7: threshold = reader.ReadNumber(MostBrokers); return true;
                case 8: brokers = reader.ReadArray(1, MostBrokers, () => ReadBroker(reader)); return true;
                default: return false;
            }
        });
        return new EncryptedModelManifest
        {
            Name = name,
            ModelId = model,
            Files = files,
            KeyHash = key,
            MinimumTier = (TrustTier)tier,
            Images = images,
            Threshold = (int)threshold,
            Brokers = brokers,
        };
    }

    private static EncryptedFile ReadFile(CborReader reader)
    {
        reader.ReadStartArray(length: 4);
        var file = new EncryptedFile(reader.ReadText(EncryptedFile.MostCharacters), reader.ReadNumber(long.MaxValue), reader.ReadDigest(), reader.ReadDigest());
        reader.ReadEndArray();
        return file;
    }

    private static ModelBroker ReadBroker(CborReader reader)
    {
        reader.ReadStartArray(length: 2);
        var broker = new ModelBroker(reader.ReadText(ModelBroker.MostCharacters), reader.ReadDigest());
        reader.ReadEndArray();
        return broker;
    }
}
