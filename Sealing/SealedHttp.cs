using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using CocoonOrleans.Sealing.Receipts;

namespace CocoonOrleans.Sealing;

/// <summary>How sealed requests and answers travel over HTTP between a client that seals itself and a gateway (docs/protocol.md, section 14).</summary>
public static class SealedHttp
{
    /// <summary>The content type of a sealed request, and of the answer to it.</summary>
    public const string MediaType = "application/vnd.cocoon.sealed";

    /// <summary>
    /// The header that says which prices the job pays: prompt, cached, completion, request, in nano, with commas. It proves nothing by itself: the worker's
    /// receipt has the hash of the prices.
    /// </summary>
    public const string PricesHeader = "cocoon-prices";

    private const int Prices = 4;

    /// <summary>The value of <see cref="PricesHeader"/>.</summary>
    public static string Write(ReceiptPrices prices)
    {
        ArgumentNullException.ThrowIfNull(prices);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{prices.PromptNanoPerMillionTokens},{prices.CachedNanoPerMillionTokens},{prices.CompletionNanoPerMillionTokens},{prices.RequestNano}");
    }

    /// <summary>Reads the value of <see cref="PricesHeader"/>; takes any text.</summary>
    public static bool TryRead(string? text, [NotNullWhen(true)] out ReceiptPrices? prices)
    {
        prices = null;
        if (text?.Split(',', Prices + 1) is not { Length: Prices } parts)
        {
            return false;
        }

        Span<long> values = stackalloc long[Prices];
        for (var i = 0; i < Prices; i++)
        {
            if (!long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out values[i]))
            {
                return false;
            }
        }

        prices = new ReceiptPrices(values[0], values[1], values[2], values[3]);
        return true;
    }
}
