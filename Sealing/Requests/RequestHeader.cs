using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using CocoonOrleans.Sealing.Encoding;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Sealing.Requests;

/// <summary>The clear part of a sealed request, for all to read and bound by every key (docs/protocol.md, section 5).</summary>
/// <param name="NetworkId">The network.</param>
/// <param name="Terms">What is asked for.</param>
/// <param name="Suite">The suite of all its encapsulations.</param>
/// <param name="Recipients">1 to 3 workers; one in a session.</param>
/// <param name="Counter">The request's number in its session; null outside of one.</param>
public sealed record RequestHeader(string NetworkId, RequestTerms Terms, SealingSuite Suite, IReadOnlyList<RequestRecipient> Recipients, uint? Counter)
{
    /// <summary>Most bytes of its encoding.</summary>
    public const int MaxBytes = 4096;

    /// <summary>Most workers that one request may be sealed to.</summary>
    public const int MaxRecipients = 3;

    private const int Version = 1;
    private const int IdBytes = 16;
    private const int Streamed = 1;
    private const int MostEncapsulationBytes = 1280; // three of a later suite with X-Wing (1,120 bytes) fit the header
    private const int ModelCharacters = 128;
    private const uint AlwaysThere = 0b111_1111_1111;

    internal byte[] Encode() => DeterministicCbor.WriteMap(writer =>
    {
        Number(0, Version);
        Text(1, NetworkId);
        Id(2, Terms.RequestId);
        Text(3, Terms.Model);
        Number(4, (long)Suite);
        Number(5, Terms.IsStreamed ? Streamed : 0);
        Number(6, (long)Terms.MinimumTier);
        Number(7, (long)Terms.Padding);
        Number(8, Terms.HoldLimitNano);
        Number(9, Terms.Expires.ToUnixTimeSeconds());
        writer.WriteInt32(10);
        writer.WriteStartArray(Recipients.Count);
        foreach (var recipient in Recipients)
        {
            writer.WriteStartArray(2);
            writer.WriteByteString(recipient.StatementHash.ToArray());
            writer.WriteByteString(recipient.Encapsulation.Span);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        if (Terms.Resumes is { } resumed)
        {
            Id(11, resumed);
        }

        if (Terms.AffinityKey is { } affinity)
        {
            writer.WriteInt32(12);
            writer.WriteByteString(affinity.ToArray());
        }

        if (Counter is { } counter)
        {
            Number(13, counter);
        }

        void Number(int key, long value)
        {
            writer.WriteInt32(key);
            writer.WriteInt64(value);
        }

        void Text(int key, string value)
        {
            writer.WriteInt32(key);
            writer.WriteTextString(value);
        }

        void Id(int key, Guid value)
        {
            writer.WriteInt32(key);
            writer.WriteByteString(value.ToByteArray(bigEndian: true));
        }
    });

    /// <summary>Reads a header that was kept apart from its request. Nothing vouches for it but the hash, where a receipt names that.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="header">What they say.</param>
    /// <param name="hash">The hash that binds them.</param>
    /// <returns>False where they are not a header with every field in its range, in the one form that it has.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out RequestHeader? header, out Digest hash)
    {
        hash = TryDecode(bytes, out header) ? Hash(bytes.Span) : default;
        return header is not null;
    }

    /// <summary>The hash that binds a header.</summary>
    /// <param name="header">Its encoding.</param>
    internal static Digest Hash(ReadOnlySpan<byte> header) => Digest.Of("cocoon/header/v1"u8, header);

    /// <summary>Reads a header.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="header">What they say.</param>
    /// <returns>False where they are not a header with every field in its range, in the one form that it has.</returns>
    internal static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out RequestHeader? header)
    {
        if (bytes.Length > MaxBytes || !DeterministicCbor.TryRead(bytes, Read, out header) || !header.IsValid())
        {
            header = null;
            return false;
        }

        return true;
    }

    private static RequestHeader Read(CborReader reader)
    {
        string network = "", model = "";
        Guid id = default;
        Guid? resumes = null;
        RequestRecipient[] recipients = [];
        Digest? affinity = null;
        uint? counter = null;
        var (suite, flags, tier, padding, hold, expires) = (0L, 0L, 0L, 0L, 0L, 0L);
        reader.ReadMap(AlwaysThere, key =>
        {
            switch (key)
            {
                case 0 when reader.ReadNumber(Version) == Version: return true;
                case 1: network = reader.ReadText(NetworkName.MaxLength); return true;
                case 2: id = ReadId(reader); return true;
                case 3: model = reader.ReadText(ModelCharacters); return true;
                case 4: suite = reader.ReadNumber(ushort.MaxValue); return true;
                case 5: flags = reader.ReadNumber(Streamed); return true;
                case 6: tier = reader.ReadNumber(int.MaxValue); return true;
                case 7: padding = reader.ReadNumber(int.MaxValue); return true;
                case 8: hold = reader.ReadNumber(long.MaxValue); return true;
                case 9: expires = reader.ReadNumber(UnixTime.MaxSeconds); return true;
                case 10: recipients = reader.ReadArray(1, MaxRecipients, () => ReadRecipient(reader)); return true;
                case 11: resumes = ReadId(reader); return true;
                case 12: affinity = reader.ReadDigest(); return true;
                case 13: counter = (uint)reader.ReadNumber(uint.MaxValue); return true;
                default: return false;
            }
        });
        var terms = new RequestTerms
        {
            RequestId = id,
            Model = model,
            IsStreamed = flags == Streamed,
            MinimumTier = (TrustTier)tier,
            Padding = (TrafficPadding)padding,
            HoldLimitNano = hold,
            Expires = DateTimeOffset.FromUnixTimeSeconds(expires),
            Resumes = resumes,
            AffinityKey = affinity,
        };
        return new RequestHeader(network, terms, (SealingSuite)suite, recipients, counter);
    }

    private static Guid ReadId(CborReader reader) => new(reader.ReadBytes(IdBytes, IdBytes), bigEndian: true);

    private static RequestRecipient ReadRecipient(CborReader reader)
    {
        reader.ReadStartArray(length: 2);
        var recipient = new RequestRecipient(reader.ReadDigest(), reader.ReadBytes(1, MostEncapsulationBytes));
        reader.ReadEndArray();
        return recipient;
    }

    private bool IsValid() =>
        NetworkName.IsValid(NetworkId)
        && Terms.FindFault() is null
        && (Counter is null || Recipients.Count == 1)
        && Recipients.DistinctBy(recipient => recipient.StatementHash).Count() == Recipients.Count;
}
