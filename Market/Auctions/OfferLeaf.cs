using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Market.Clearing;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Market.Auctions;

/// <summary>What a snapshot commits to of one offer (docs/protocol.md, section 19).</summary>
/// <param name="WorkerId">The worker.</param>
/// <param name="ProviderId">Who is paid.</param>
/// <param name="OfferHash">The hash of the signed offer; null where the worker only registered its prices.</param>
/// <param name="Prices">The prices before load and hour.</param>
/// <param name="Slots">Its slots.</param>
/// <param name="ContextTokens">Its context.</param>
/// <param name="Settled">Jobs that the worker completed.</param>
/// <param name="Failed">Jobs that it failed.</param>
public sealed record OfferLeaf(string WorkerId, string ProviderId, ReadOnlyMemory<byte>? OfferHash, TokenPrices Prices, int Slots, int ContextTokens, long Settled, long Failed)
{
    private const int Fields = 8;
    private const int MaxBytes = 1024;

    /// <summary>An offer's.</summary>
    public static OfferLeaf Of(Offer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        return new OfferLeaf(offer.WorkerId, offer.ProviderId, offer.Posted?.Hash, offer.Posted?.Terms.Prices ?? offer.Ask, offer.Slots, offer.ContextTokens, offer.Settled, offer.Failed);
    }

    /// <summary>What the worker's record adds to its score, in 1,024ths.</summary>
    public int Record => ClearingRow.PenaltyOf(Settled, Failed);

    /// <summary>The bytes that are hashed.</summary>
    public byte[] Encode()
    {
        var cbor = new CborWriter(CborConformanceMode.Canonical);
        cbor.WriteStartArray(Fields);
        cbor.WriteTextString(WorkerId);
        cbor.WriteTextString(ProviderId);
        if (OfferHash is { } hash)
        {
            cbor.WriteByteString(hash.Span);
        }
        else
        {
            cbor.WriteNull();
        }

        CborPrices.Write(cbor, Prices);
        cbor.WriteInt32(Slots);
        cbor.WriteInt32(ContextTokens);
        cbor.WriteInt64(Settled);
        cbor.WriteInt64(Failed);
        cbor.WriteEndArray();
        return cbor.Encode();
    }

    /// <summary>The hash of a leaf's bytes.</summary>
    public static byte[] HashOf(ReadOnlySpan<byte> bytes) => SHA256.HashData([.. "cocoon/leaf/v1\0"u8, .. bytes]);

    /// <summary>Reads a leaf.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out OfferLeaf? leaf)
    {
        leaf = null;
        if (bytes.Length > MaxBytes)
        {
            return false;
        }

        try
        {
            var cbor = new CborReader(bytes, CborConformanceMode.Canonical);
            if (cbor.ReadStartArray() != Fields)
            {
                return false;
            }

            string worker = cbor.ReadTextString(), provider = cbor.ReadTextString();
            ReadOnlyMemory<byte>? hash = null;
            if (cbor.PeekState() == CborReaderState.Null)
            {
                cbor.ReadNull();
            }
            else
            {
                hash = new ReadOnlyMemory<byte>(cbor.ReadByteString());
            }

            TokenPrices prices = CborPrices.Read(cbor);
            var read = new OfferLeaf(worker, provider, hash, prices, cbor.ReadInt32(), cbor.ReadInt32(), cbor.ReadInt64(), cbor.ReadInt64());
            cbor.ReadEndArray();
            bool isOne = cbor.BytesRemaining == 0 && read.Settled >= 0 && read.Failed >= 0 && Encoding.UTF8.GetByteCount(worker) > 0;
            leaf = isOne ? read : null;
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException or OverflowException or FormatException)
        {
            return false;
        }

        return leaf is not null;
    }
}
