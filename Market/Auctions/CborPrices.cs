using System.Formats.Cbor;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Market.Auctions;

/// <summary>Prices as an array of four numbers.</summary>
internal static class CborPrices
{
    private const int Prices = 4;

    public static void Write(CborWriter cbor, TokenPrices prices)
    {
        cbor.WriteStartArray(Prices);
        cbor.WriteInt64(prices.Prompt.Value);
        cbor.WriteInt64(prices.Cached.Value);
        cbor.WriteInt64(prices.Completion.Value);
        cbor.WriteInt64(prices.Request.Value);
        cbor.WriteEndArray();
    }

    public static TokenPrices Read(CborReader cbor)
    {
        if (cbor.ReadStartArray() != Prices)
        {
            throw new FormatException();
        }

        var prices = new TokenPrices(new(cbor.ReadInt64()), new(cbor.ReadInt64()), new(cbor.ReadInt64()), new(cbor.ReadInt64()));
        cbor.ReadEndArray();
        return prices.IsValid ? prices : throw new FormatException();
    }
}
