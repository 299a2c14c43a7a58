using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Market.Offers;

/// <summary>The bytes of an offer that are signed (docs/protocol.md, section 18): deterministic CBOR.</summary>
public static class OfferEncoding
{
    /// <summary>Most bytes of an offer.</summary>
    public const int MaxBytes = 2048;

    private const int Version = 1;
    private const int Keys = 18;
    private const int HashBytes = 32;
    private const int MostNames = 8;

    /// <summary>Writes terms.</summary>
    public static byte[] Encode(OfferTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var cbor = new CborWriter(CborConformanceMode.Canonical);
        cbor.WriteStartMap(terms.Coefficient is null ? Keys : Keys + 1);
        Number(0, Version);
        Text(1, terms.NetworkId);
        Bytes(2, terms.WorkerId);
        Number(3, terms.Serial);
        Numbers(4, terms.Issued.ToUnixTimeSeconds(), terms.Expires.ToUnixTimeSeconds());
        Text(5, terms.Model);
        Bytes(6, terms.ManifestSha256);
        Text(7, terms.Quantisation);
        Number(8, terms.Tier);
        Numbers(9, terms.Prices.Prompt.Value, terms.Prices.Cached.Value, terms.Prices.Completion.Value, terms.Prices.Request.Value);
        cbor.WriteInt32(10);
        cbor.WriteStartArray(terms.LoadCurve.Count);
        foreach (LoadPoint point in terms.LoadCurve)
        {
            Array(point.LoadPerMille, point.FactorPerMille);
        }

        cbor.WriteEndArray();
        cbor.WriteInt32(11);
        cbor.WriteStartArray(terms.Windows.Count);
        foreach (PriceWindow window in terms.Windows)
        {
            Array(window.FromMinute, window.ToMinute, window.Days, window.FactorPerMille);
        }

        cbor.WriteEndArray();
        Numbers(12, terms.FlexPerMille, terms.PriorityPerMille);
        Number(13, terms.Slots);
        Number(14, terms.ContextTokens);
        cbor.WriteInt32(15);
        IReadOnlyList<string> features = OfferFeatureNames.Of(terms.Features);
        cbor.WriteStartArray(features.Count);
        foreach (string name in features)
        {
            cbor.WriteTextString(name);
        }

        cbor.WriteEndArray();
        Text(16, terms.Region);
        cbor.WriteInt32(17);
        cbor.WriteBoolean(terms.Coefficient is not null);
        if (terms.Coefficient is { } coefficient)
        {
            Number(18, coefficient);
        }

        cbor.WriteEndMap();
        return cbor.Encode();

        void Number(int key, long value)
        {
            cbor.WriteInt32(key);
            cbor.WriteInt64(value);
        }

        void Text(int key, string value)
        {
            cbor.WriteInt32(key);
            cbor.WriteTextString(value);
        }

        void Bytes(int key, string hex)
        {
            cbor.WriteInt32(key);
            cbor.WriteByteString(Convert.FromHexString(hex));
        }

        void Numbers(int key, params ReadOnlySpan<long> values)
        {
            cbor.WriteInt32(key);
            Array(values);
        }

        void Array(params ReadOnlySpan<long> values)
        {
            cbor.WriteStartArray(values.Length);
            foreach (long value in values)
            {
                cbor.WriteInt64(value);
            }

            cbor.WriteEndArray();
        }
    }

    /// <summary>Reads terms; only the one encoding that <see cref="Encode"/> gives is taken.</summary>
    /// <param name="bytes">The bytes, from anybody.</param>
    /// <param name="terms">What they say, where nothing is wrong.</param>
    /// <param name="fault">What is wrong: a sentence that begins with the field; null where nothing is.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out OfferTerms? terms, [NotNullWhen(false)] out string? fault)
    {
        terms = null;
        if (bytes.Length is 0 or > MaxBytes)
        {
            fault = "offer must have 1 to 2048 bytes.";
            return false;
        }

        try
        {
            OfferTerms read = Read(new CborReader(bytes, CborConformanceMode.Canonical));
            fault = read.FindFault() ?? (Encode(read).AsSpan().SequenceEqual(bytes.Span) ? null : "offer must have its one encoding, nothing behind it.");
            terms = fault is null ? read : null;
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException or OverflowException or ArgumentException or FormatException)
        {
            fault = "offer must be a CBOR map of this version.";
        }

        return fault is null;
    }

    private static OfferTerms Read(CborReader cbor)
    {
        int? count = cbor.ReadStartMap();
        Key(0);
        if (cbor.ReadInt64() != Version || count is not (Keys or Keys + 1))
        {
            throw new FormatException();
        }

        Key(1);
        string network = cbor.ReadTextString();
        string worker = Hash(2);
        Key(3);
        long serial = cbor.ReadInt64();
        long[] life = Numbers(4, 2);
        Key(5);
        string model = cbor.ReadTextString();
        string manifest = Hash(6);
        Key(7);
        string quantisation = cbor.ReadTextString();
        Key(8);
        int tier = cbor.ReadInt32();
        long[] prices = Numbers(9, 4);
        Key(10);
        LoadPoint[] curve = List(() => Array(2) is var p ? new LoadPoint(checked((int)p[0]), checked((int)p[1])) : default);
        Key(11);
        PriceWindow[] windows = List(() => Array(4) is var w ? new PriceWindow(checked((int)w[0]), checked((int)w[1]), checked((int)w[2]), checked((int)w[3])) : default);
        long[] lanes = Numbers(12, 2);
        Key(13);
        int slots = cbor.ReadInt32();
        Key(14);
        int context = cbor.ReadInt32();
        Key(15);
        string[] features = List(cbor.ReadTextString);
        Key(16);
        string region = cbor.ReadTextString();
        Key(17);
        long? coefficient = null;
        if (cbor.ReadBoolean())
        {
            Key(18);
            coefficient = cbor.ReadInt64();
        }

        cbor.ReadEndMap();
        return new OfferTerms
        {
            NetworkId = network,
            WorkerId = worker,
            Serial = serial,
            Issued = DateTimeOffset.FromUnixTimeSeconds(life[0]),
            Expires = DateTimeOffset.FromUnixTimeSeconds(life[1]),
            Model = model,
            ManifestSha256 = manifest,
            Quantisation = quantisation,
            Tier = tier,
            Prices = new TokenPrices(new(prices[0]), new(prices[1]), new(prices[2]), new(prices[3])),
            LoadCurve = curve,
            Windows = windows,
            FlexPerMille = checked((int)lanes[0]),
            PriorityPerMille = checked((int)lanes[1]),
            Slots = slots,
            ContextTokens = context,
            Features = features.Aggregate(OfferFeatures.None, static (all, name) => all | (OfferFeatureNames.Find(name) ?? throw new FormatException())),
            Region = region,
            Coefficient = coefficient,
        };

        void Key(int key)
        {
            if (cbor.ReadInt32() != key)
            {
                throw new FormatException();
            }
        }

        string Hash(int key)
        {
            Key(key);
            byte[] hash = cbor.ReadByteString();
            return hash.Length == HashBytes ? Convert.ToHexStringLower(hash) : throw new FormatException();
        }

        long[] Numbers(int key, int length)
        {
            Key(key);
            return Array(length);
        }

        long[] Array(int length)
        {
            if (cbor.ReadStartArray() != length)
            {
                throw new FormatException();
            }

            var values = new long[length];
            for (int i = 0; i < length; i++)
            {
                values[i] = cbor.ReadInt64();
            }

            cbor.ReadEndArray();
            return values;
        }

        T[] List<T>(Func<T> read)
        {
            int length = cbor.ReadStartArray() is { } said and <= MostNames ? said : throw new FormatException();
            var values = new T[length];
            for (int i = 0; i < length; i++)
            {
                values[i] = read();
            }

            cbor.ReadEndArray();
            return values;
        }
    }
}
