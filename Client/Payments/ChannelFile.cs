using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Client.Payments;

/// <summary>
/// What a payer must not forget of its channel: the terms, what it has signed, and what it has used. A file of mode 0600, written anew and flushed to the disk before a
/// voucher leaves. There is no key in it.
/// </summary>
internal sealed record ChannelFile
{
    private const int Version = 1;
    private const int LargestBytes = 4 << 20;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The network, config parameter 19.</summary>
    public required int Network { get; init; }

    /// <summary>What the address is computed from.</summary>
    public required ChannelTerms Terms { get; init; }

    /// <summary>The last voucher; null before the first.</summary>
    public SignedVoucher? Last { get; init; }

    /// <summary>What was used for sure: what workers' receipts came to, in nano.</summary>
    public Nano Used { get; init; }

    /// <summary>The most that requests may cost whose end isn't known, in nano, by their ids.</summary>
    public required IReadOnlyDictionary<Guid, Nano> Open { get; init; }

    /// <summary>The context up to the receipts that were folded into it since the last voucher; null where none were.</summary>
    public Bits256? Folded { get; init; }

    /// <summary>SHA-256 of usage receipts that neither a voucher nor <see cref="Folded"/> covers yet, in order.</summary>
    public required IReadOnlyList<Bits256> Receipts { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is no such file, or of a newer version.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static ChannelFile Read(string path)
    {
        if (new FileInfo(path).Length > LargestBytes)
        {
            throw new InvalidDataException($"{path} is too large for a channel's file.");
        }

        try
        {
            var stored = JsonSerializer.Deserialize(File.ReadAllBytes(path), ChannelFileJson.Default.StoredChannel);
            if (stored is not { FormatVersion: Version })
            {
                throw new InvalidDataException($"{path} is no channel's file of version {Version}.");
            }

            var terms = new ChannelTerms(
                TonAddress.ParseRaw(stored.PayerAddress, "payerAddress"),
                new PublicKey(Bits256.Parse(stored.PayerKey, "payerKey")),
                TonAddress.ParseRaw(stored.PayeeAddress, "payeeAddress"),
                new PublicKey(Bits256.Parse(stored.PayeeKey, "payeeKey")),
                stored.CloseDelay,
                ulong.Parse(stored.Salt, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            return terms.Address.ToString() != stored.Address
                ? throw new InvalidDataException($"{path} names another address than its terms give.")
                : new ChannelFile
                {
                    Network = stored.Network,
                    Terms = terms,
                    Last = stored.Voucher is { } voucher ? SignedVoucher.Parse(Convert.FromBase64String(voucher)) : null,
                    Used = new Nano(stored.Used),
                    Open = stored.Open.ToDictionary(open => open.Key, open => new Nano(open.Value)),
                    Folded = stored.Folded is { } folded ? Bits256.Parse(folded, "folded") : null,
                    Receipts = [.. stored.Receipts.Select(receipt => Bits256.Parse(receipt, "receipts"))],
                };
        }
        catch (Exception e) when (e is JsonException or TonFormatException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"{path} is no channel's file: {e.Message}", e);
        }
    }

    /// <summary>Writes it: whoever reads finds the old or the new one, also after a power failure.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public void Write(string path, bool isNew = false)
    {
        var stored = new StoredChannel
        {
            FormatVersion = Version,
            Network = Network,
            Address = Terms.Address.ToString(),
            PayerAddress = Terms.PayerAddress.ToString(),
            PayerKey = Terms.PayerKey.ToString(),
            PayeeAddress = Terms.PayeeAddress.ToString(),
            PayeeKey = Terms.PayeeKey.ToString(),
            CloseDelay = Terms.CloseDelay,
            Salt = Terms.Salt.ToString("x16", CultureInfo.InvariantCulture),
            Voucher = Last is { } last ? Convert.ToBase64String(last.ToBytes()) : null,
            Used = Used.Value,
            Open = Open.ToDictionary(open => open.Key, open => open.Value.Value),
            Folded = Folded?.ToString(),
            Receipts = [.. Receipts.Select(receipt => receipt.ToString())],
        };
        var draft = $"{path}.{Environment.ProcessId}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var stream = new FileStream(draft, options))
        {
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(stored, ChannelFileJson.Default.StoredChannel));
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: !isNew);
    }

    /// <summary>The file's form.</summary>
    internal sealed record StoredChannel
    {
        [JsonPropertyName("version")]
        public required int FormatVersion { get; init; }

        public required int Network { get; init; }

        public required string Address { get; init; }

        public required string PayerAddress { get; init; }

        public required string PayerKey { get; init; }

        public required string PayeeAddress { get; init; }

        public required string PayeeKey { get; init; }

        public required uint CloseDelay { get; init; }

        public required string Salt { get; init; }

        public required string? Voucher { get; init; }

        public required long Used { get; init; }

        public required Dictionary<Guid, long> Open { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Folded { get; init; }

        public required List<string> Receipts { get; init; }
    }
}

/// <summary>How a channel's file is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ChannelFile.StoredChannel))]
internal sealed partial class ChannelFileJson : JsonSerializerContext;
