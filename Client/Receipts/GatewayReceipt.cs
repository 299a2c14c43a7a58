using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using CocoonOrleans.Sealing.Receipts;

namespace CocoonOrleans.Client.Receipts;

/// <summary>
/// What a gateway hands out of one request that it sealed itself (<c>GET /v1/receipts/{id}</c>): the worker's receipt, the worker's statement, and the transcript of the
/// auction that made the price. Nothing of it is believed: <see cref="GatewayReceiptVerifier"/> says what it is worth.
/// </summary>
public sealed partial record GatewayReceipt
{
    /// <summary>The most bytes that are looked at.</summary>
    public const int LargestBytes = 512 * 1024;

    private const string ObjectName = "receipt";

    /// <summary>The worker's receipt with its signature.</summary>
    public required SignedReceipt Signed { get; init; }

    /// <summary>The worker's statement, its bytes.</summary>
    public required ReadOnlyMemory<byte> Statement { get; init; }

    /// <summary>What came beside it: the signature of the worker's own key, or a quote; empty where nothing did.</summary>
    public required ReadOnlyMemory<byte> Voucher { get; init; }

    /// <summary>The auction's transcript.</summary>
    public required ReadOnlyMemory<byte> Transcript { get; init; }

    /// <summary>The gateway's key.</summary>
    public required ReadOnlyMemory<byte> GatewayKey { get; init; }

    /// <summary>The gateway's signature under the transcript.</summary>
    public required ReadOnlyMemory<byte> GatewaySignature { get; init; }

    /// <summary>The winner's leaf of the snapshot.</summary>
    public required ReadOnlyMemory<byte> Leaf { get; init; }

    /// <summary>The way from there to the snapshot's root.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Path { get; init; }

    /// <summary>The offer that the winner signed, with its signature; null where it only registered its prices.</summary>
    public (byte[] Offer, byte[] Signature)? Offer { get; init; }

    /// <summary>Reads what a gateway answered.</summary>
    /// <param name="utf8Json">Any bytes.</param>
    /// <param name="receipt">What they say.</param>
    /// <returns>False where they don't have the form.</returns>
    public static bool TryRead(ReadOnlySpan<byte> utf8Json, [NotNullWhen(true)] out GatewayReceipt? receipt)
    {
        receipt = null;
        try
        {
            if (utf8Json.Length > LargestBytes || JsonSerializer.Deserialize(utf8Json, GatewayReceiptJson.Default.Form) is not { Object: ObjectName, Auction: { Path: { } path } auction } form)
            {
                return false;
            }

            receipt = new GatewayReceipt
            {
                Signed = new SignedReceipt(form.Receipt, form.Signature),
                Statement = form.Statement,
                Voucher = form.Voucher ?? [],
                Transcript = auction.Transcript,
                GatewayKey = auction.GatewayKey,
                GatewaySignature = auction.GatewaySignature,
                Leaf = auction.Leaf,
                Path = [.. path.Select(static hash => (ReadOnlyMemory<byte>)hash)],
                Offer = auction.Offer is { } offer ? (offer.Offer, offer.Signature) : null,
            };
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    internal sealed record Form(string Object, byte[] Receipt, byte[] Signature, byte[] Statement, AuctionForm Auction, byte[]? Voucher = null);

    internal sealed record AuctionForm(byte[] Transcript, byte[] GatewayKey, byte[] GatewaySignature, byte[] Leaf, byte[][] Path, OfferForm? Offer = null);

    internal sealed record OfferForm(byte[] Offer, byte[] Signature);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, MaxDepth = 8)]
    [JsonSerializable(typeof(Form))]
    private sealed partial class GatewayReceiptJson : JsonSerializerContext;
}
