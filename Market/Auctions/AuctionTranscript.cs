using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using CocoonOrleans.Market.Clearing;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Market.Auctions;

/// <summary>
/// How one request was cleared (docs/protocol.md, section 19): what was asked, which snapshot of the book, who won, and what the runner-up's score was. The worker signs its
/// hash with the receipt; from it anybody computes the price again.
/// </summary>
public sealed record AuctionTranscript
{
    /// <summary>Most bytes of a transcript.</summary>
    public const int MaxBytes = 2048;

    private const int Version = 1;
    private const int Keys = 17;
    private const int ScoreBytes = 16;
    private const int IdBytes = 16;

    /// <summary>The network.</summary>
    public required string NetworkId { get; init; }

    /// <summary>The request.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>The model's public name.</summary>
    public required string Model { get; init; }

    /// <summary>The version of the snapshot.</summary>
    public required long SnapshotVersion { get; init; }

    /// <summary>The root over its offers, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> Root { get; init; }

    /// <summary>How many offers that were.</summary>
    public required int Offers { get; init; }

    /// <summary>When the winner's ask was reckoned, in whole milliseconds.</summary>
    public required DateTimeOffset PricedAt { get; init; }

    /// <summary>Prompt tokens.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>Generated tokens at which offers were compared.</summary>
    public required long ExpectedCompletionTokens { get; init; }

    /// <summary>The buyer's limit.</summary>
    public required TokenPrices Cap { get; init; }

    /// <summary>What competition could raise a price to.</summary>
    public required TokenPrices Limit { get; init; }

    /// <summary>The lowest tier that could serve.</summary>
    public required int MinimumTier { get; init; }

    /// <summary>The winner's place among the offers.</summary>
    public required int Place { get; init; }

    /// <summary>The share of its slots in use, in thousandths.</summary>
    public required int LoadPerMille { get; init; }

    /// <summary>What it asked.</summary>
    public required TokenPrices Ask { get; init; }

    /// <summary>What its record and the buyer's wishes added to its score, in 1,024ths.</summary>
    public required int Penalty { get; init; }

    /// <summary>Its score.</summary>
    public required Int128 Score { get; init; }

    /// <summary>The score of the best offer of another provider behind it; null where there was none.</summary>
    public required Int128? RunnerUpScore { get; init; }

    /// <summary>How many offers could have served.</summary>
    public required int Eligible { get; init; }

    /// <summary>What is paid.</summary>
    public required TokenPrices Price { get; init; }

    /// <summary>The bytes that are hashed and signed.</summary>
    public byte[] Encode()
    {
        var cbor = new CborWriter(CborConformanceMode.Canonical);
        cbor.WriteStartMap(Keys);
        Number(0, Version);
        cbor.WriteInt32(1);
        cbor.WriteTextString(NetworkId);
        Span<byte> id = stackalloc byte[IdBytes];
        RequestId.TryWriteBytes(id, bigEndian: true, out _);
        cbor.WriteInt32(2);
        cbor.WriteByteString(id);
        cbor.WriteInt32(3);
        cbor.WriteTextString(Model);
        Number(4, SnapshotVersion);
        cbor.WriteInt32(5);
        cbor.WriteByteString(Root.Span);
        Numbers(6, Offers, Place, Eligible);
        Number(7, PricedAt.ToUnixTimeMilliseconds());
        Numbers(8, PromptTokens, ExpectedCompletionTokens);
        Prices(9, Cap);
        Prices(10, Limit);
        Number(11, MinimumTier);
        Numbers(12, LoadPerMille, Penalty);
        Prices(13, Ask);
        WriteScore(14, Score);
        WriteScore(15, RunnerUpScore);
        Prices(16, Price);
        cbor.WriteEndMap();
        return cbor.Encode();

        void Number(int key, long value)
        {
            cbor.WriteInt32(key);
            cbor.WriteInt64(value);
        }

        void Numbers(int key, params ReadOnlySpan<long> values)
        {
            cbor.WriteInt32(key);
            cbor.WriteStartArray(values.Length);
            foreach (long value in values)
            {
                cbor.WriteInt64(value);
            }

            cbor.WriteEndArray();
        }

        void Prices(int key, TokenPrices prices)
        {
            cbor.WriteInt32(key);
            CborPrices.Write(cbor, prices);
        }

        void WriteScore(int key, Int128? score)
        {
            cbor.WriteInt32(key);
            if (score is not { } value)
            {
                cbor.WriteNull();
                return;
            }

            Span<byte> bytes = stackalloc byte[ScoreBytes];
            BinaryPrimitives.WriteInt128BigEndian(bytes, value);
            cbor.WriteByteString(bytes);
        }
    }

    /// <summary>Reads a transcript; only the one encoding is taken.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out AuctionTranscript? transcript)
    {
        transcript = null;
        if (bytes.Length is 0 or > MaxBytes)
        {
            return false;
        }

        try
        {
            AuctionTranscript read = Read(new CborReader(bytes, CborConformanceMode.Canonical));
            transcript = read.Encode().AsSpan().SequenceEqual(bytes.Span) ? read : null;
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException or OverflowException or ArgumentException or FormatException)
        {
            return false;
        }

        return transcript is not null;
    }

    /// <summary>Whether score and price are what the rule makes of the rest.</summary>
    /// <returns>What is wrong; null where nothing is.</returns>
    public string? FindFault()
    {
        Int128 score = MarketClearing.Cost(Ask, PromptTokens, ExpectedCompletionTokens) * (MarketClearing.PenaltyUnit + Penalty);
        return Penalty < 0 || PromptTokens < 0 || ExpectedCompletionTokens < 0 ? "a count is negative"
            : score != Score ? "the score is not what ask, tokens and penalty come to"
            : RunnerUpScore < Score ? "the runner-up's score is below the winner's"
            : !Ask.IsWithin(Cap) ? "the ask is above the buyer's limit"
            : !Limit.IsWithin(Cap) ? "competition could raise the price above the buyer's limit"
            : Price != MarketClearing.PriceOf(Ask, Score, RunnerUpScore, Limit) ? "the price is not what the scores come to"
            : null;
    }

    private static AuctionTranscript Read(CborReader cbor)
    {
        if (cbor.ReadStartMap() != Keys)
        {
            throw new FormatException();
        }

        Key(0);
        if (cbor.ReadInt32() != Version)
        {
            throw new FormatException();
        }

        Key(1);
        string network = cbor.ReadTextString();
        Key(2);
        var request = new Guid(cbor.ReadByteString(), bigEndian: true);
        Key(3);
        string model = cbor.ReadTextString();
        Key(4);
        long version = cbor.ReadInt64();
        Key(5);
        byte[] root = cbor.ReadByteString();
        long[] offers = Numbers(6, 3);
        Key(7);
        DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds(cbor.ReadInt64());
        long[] tokens = Numbers(8, 2);
        TokenPrices cap = Prices(9), limit = Prices(10);
        Key(11);
        int tier = cbor.ReadInt32();
        long[] state = Numbers(12, 2);
        TokenPrices ask = Prices(13);
        Int128 score = ReadScore(14) ?? throw new FormatException();
        Int128? runnerUp = ReadScore(15);
        TokenPrices price = Prices(16);
        cbor.ReadEndMap();
        return new AuctionTranscript
        {
            NetworkId = network,
            RequestId = request,
            Model = model,
            SnapshotVersion = version,
            Root = root,
            Offers = checked((int)offers[0]),
            Place = checked((int)offers[1]),
            Eligible = checked((int)offers[2]),
            PricedAt = at,
            PromptTokens = tokens[0],
            ExpectedCompletionTokens = tokens[1],
            Cap = cap,
            Limit = limit,
            MinimumTier = tier,
            LoadPerMille = checked((int)state[0]),
            Penalty = checked((int)state[1]),
            Ask = ask,
            Score = score,
            RunnerUpScore = runnerUp,
            Price = price,
        };

        void Key(int key)
        {
            if (cbor.ReadInt32() != key)
            {
                throw new FormatException();
            }
        }

        long[] Numbers(int key, int length)
        {
            Key(key);
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

        TokenPrices Prices(int key)
        {
            Key(key);
            return CborPrices.Read(cbor);
        }

        Int128? ReadScore(int key)
        {
            Key(key);
            if (cbor.PeekState() == CborReaderState.Null)
            {
                cbor.ReadNull();
                return null;
            }

            byte[] bytes = cbor.ReadByteString();
            return bytes.Length == ScoreBytes ? BinaryPrimitives.ReadInt128BigEndian(bytes) : throw new FormatException();
        }
    }
}
