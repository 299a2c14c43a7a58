using System.Text.Json;
using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Generations;
using CocoonOrleans.Gateway.Requests;
using CocoonOrleans.Sealing.Offers;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.AspNetCore.Http.Features;

namespace CocoonOrleans.Gateway.Auctions;

/// <summary><c>GET /v1/receipts/{id}</c>: the worker's receipt of one request, and how its price came about. The transcript is signed when it is asked for: the worker has signed its hash already.</summary>
public sealed class ReceiptEndpoint(GenerationLog log, JobCosts costs, TunnelIdentity identity)
{
    private const int HexDigits = 32;

    /// <summary>Answers the request.</summary>
    /// <param name="id">The id of an answer.</param>
    /// <param name="http">The request.</param>
    public async Task<IResult> FindAsync(string id, HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(http);
        Caller caller = http.Features.GetRequiredFeature<Caller>();
        if (id.Length < HexDigits || !Guid.TryParseExact(id.AsSpan(id.Length - HexDigits), "N", out Guid jobId) || log.Find(caller.KeyId, jobId) is not { Evidence: { } evidence } found)
        {
            return new ApiError(ErrorKinds.GenerationNotFound, "This key has no receipt of such a request here: it is too old, still runs, was not answered in full, or another gateway served it.") { Param = "id" };
        }

        string? cost = found.Charge is null ? "0" : await costs.OfAsync(found.Charge);
        return Results.Bytes(AnswerJson.Write(json => Write(json, id, found, evidence, cost)), "application/json");
    }

    private void Write(Utf8JsonWriter json, string id, Generation found, JobEvidence evidence, string? cost)
    {
        json.WriteStartObject();
        json.WriteString("object", "receipt");
        json.WriteString("id", id);
        json.WriteString("model", found.Model);
        json.WriteString("cost", cost);
        json.WriteString("worker", found.WorkerId);
        json.WriteBase64String("receipt", evidence.Receipt.Receipt.Span);
        json.WriteBase64String("signature", evidence.Receipt.Signature.Span);
        json.WriteString("statement_hash", evidence.Statement.Hash.ToString());
        json.WriteBase64String("statement", evidence.Statement.Bytes.Span);
        if (evidence.Voucher.IsEmpty)
        {
            json.WriteNull("voucher");
        }
        else
        {
            json.WriteBase64String("voucher", evidence.Voucher.Span);
        }

        json.WriteStartObject("price");
        json.WriteString("prompt", evidence.Price.Prompt.ToString());
        json.WriteString("cached", evidence.Price.Cached.ToString());
        json.WriteString("completion", evidence.Price.Completion.ToString());
        json.WriteString("request", evidence.Price.Request.ToString());
        json.WriteEndObject();
        OpenedAuction auction = evidence.Auction;
        json.WriteStartObject("auction");
        json.WriteString("hash", AuctionSignature.HashOf(auction.Transcript.Span).ToString());
        json.WriteBase64String("transcript", auction.Transcript.Span);
        json.WriteBase64String("gateway_key", identity.PublicKey.SubjectPublicKeyInfo.Span);
        json.WriteBase64String("gateway_signature", identity.Sign(AuctionSignature.Labeled(auction.Transcript.Span)));
        json.WriteBase64String("leaf", auction.Leaf.Span);
        json.WriteStartArray("path");
        foreach (ReadOnlyMemory<byte> hash in auction.Path)
        {
            json.WriteBase64StringValue(hash.Span);
        }

        json.WriteEndArray();
        if (auction.Offer is { } offer)
        {
            json.WriteStartObject("offer");
            json.WriteBase64String("offer", offer.Bytes.Span);
            json.WriteBase64String("signature", offer.Signature.Span);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("offer");
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
