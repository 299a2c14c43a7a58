using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using CocoonOrleans.Sealing.Encoding;

namespace CocoonOrleans.Sealing.Receipts;

/// <summary>What a worker's signature says of one answer (docs/protocol.md, section 11).</summary>
/// <param name="NetworkId">The network.</param>
/// <param name="RequestId">The request.</param>
/// <param name="HeaderHash">The request's clear part, and with it who it was sealed to.</param>
/// <param name="StatementHash">The worker's statement.</param>
/// <param name="ResponseNonce">The answer.</param>
/// <param name="Usage">What was used.</param>
/// <param name="AnswerSha256">All bytes of the answer before its last record.</param>
/// <param name="Status">How it ended.</param>
public sealed record UsageReceipt(
    string NetworkId, Guid RequestId, Digest HeaderHash, Digest StatementHash, Digest ResponseNonce, AnswerUsage Usage, Digest AnswerSha256, ReceiptStatus Status)
{
    /// <summary>Most bytes of its encoding.</summary>
    public const int MaxBytes = 1024;

    private const int Version = 1;
    private const int VersionWithAuction = 2;
    private const int IdBytes = 16;
    private const uint AlwaysThere = 0b1111_1111_1111;

    /// <summary>The bytes that are signed.</summary>
    internal byte[] Encode() => DeterministicCbor.WriteMap(writer =>
    {
        writer.WriteInt32(0);
        writer.WriteInt32(Usage.Auction is null ? Version : VersionWithAuction);
        writer.WriteInt32(1);
        writer.WriteTextString(NetworkId);
        Bytes(2, RequestId.ToByteArray(bigEndian: true));
        Bytes(3, HeaderHash.ToArray());
        Bytes(4, StatementHash.ToArray());
        Bytes(5, ResponseNonce.ToArray());
        Numbers(6, Usage.PromptTokens, Usage.CachedTokens, Usage.CompletionTokens, Usage.ReasoningTokens);
        Bytes(7, AnswerSha256.ToArray());
        writer.WriteInt32(8);
        writer.WriteInt32((int)Status);
        Bytes(9, Usage.Prices.ToArray());
        Numbers(10, Usage.Started.ToUnixTimeMilliseconds(), Usage.Ended.ToUnixTimeMilliseconds());
        Bytes(11, Usage.ModelManifest.ToArray());
        if (Usage.Auction is { } auction)
        {
            Bytes(12, auction.ToArray());
        }

        void Bytes(int key, byte[] value)
        {
            writer.WriteInt32(key);
            writer.WriteByteString(value);
        }

        void Numbers(int key, params ReadOnlySpan<long> values)
        {
            writer.WriteInt32(key);
            writer.WriteStartArray(values.Length);
            foreach (var value in values)
            {
                writer.WriteInt64(value);
            }

            writer.WriteEndArray();
        }
    });

    internal static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out UsageReceipt? receipt)
    {
        if (bytes.Length > MaxBytes || !DeterministicCbor.TryRead(bytes, Read, out receipt) || !receipt.IsValid())
        {
            receipt = null;
            return false;
        }

        return true;
    }

    private static UsageReceipt Read(CborReader reader)
    {
        var network = "";
        Guid id = default;
        Digest header = default, statement = default, nonce = default, answer = default, prices = default, model = default;
        long[] tokens = [], times = [];
        Digest? auction = null;
        var (status, version) = (0L, 0L);
        reader.ReadMap(AlwaysThere, key =>
        {
            switch (key)
            {
                case 0: version = reader.ReadNumber(VersionWithAuction); return version >= Version;
                case 1: network = reader.ReadText(NetworkName.MaxLength); return true;
                case 2: id = new Guid(reader.ReadBytes(IdBytes, IdBytes), bigEndian: true); return true;
                case 3: header = reader.ReadDigest(); return true;
                case 4: statement = reader.ReadDigest(); return true;
                case 5: nonce = reader.ReadDigest(); return true;
                case 6: tokens = reader.ReadArray(4, 4, () => reader.ReadNumber(AnswerUsage.MostTokens)); return true;
                case 7: answer = reader.ReadDigest(); return true;
                case 8: status = reader.ReadNumber(int.MaxValue); return true;
                case 9: prices = reader.ReadDigest(); return true;
                case 10: times = reader.ReadArray(2, 2, () => reader.ReadNumber(AnswerUsage.LatestMs)); return true;
                case 11: model = reader.ReadDigest(); return true;
                case 12 when version == VersionWithAuction: auction = reader.ReadDigest(); return true;
                default: return false;
            }
        });
        var usage = new AnswerUsage
        {
            PromptTokens = tokens[0],
            CachedTokens = tokens[1],
            CompletionTokens = tokens[2],
            ReasoningTokens = tokens[3],
            Prices = prices,
            Started = DateTimeOffset.FromUnixTimeMilliseconds(times[0]),
            Ended = DateTimeOffset.FromUnixTimeMilliseconds(times[1]),
            ModelManifest = model,
            Auction = auction,
        };
        if (auction is null != (version == Version))
        {
            throw new CborContentException("The second version, and it alone, names an auction.");
        }

        return new UsageReceipt(network, id, header, statement, nonce, usage, answer, (ReceiptStatus)status);
    }

    private bool IsValid() => NetworkName.IsValid(NetworkId) && Usage.IsValid() && Enum.IsDefined(Status);
}
