using System.Security.Cryptography;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Receipts;

/// <summary>
/// What a receipt must agree with to be paid: the one sealed request that it answers, the key that stands in the worker's statement, and the model. It is all that a
/// gateway must remember of a job to judge its receipt later, when statement and keys are gone.
/// </summary>
/// <param name="HeaderHash">The request's clear part.</param>
/// <param name="StatementHash">The worker's statement to which it was sealed.</param>
/// <param name="ReceiptKey">The key in that statement, 65 bytes.</param>
/// <param name="ModelManifest">Hash of the model's files.</param>
public sealed record ReceiptBinding(Digest HeaderHash, Digest StatementHash, ReadOnlyMemory<byte> ReceiptKey, Digest ModelManifest)
{
    /// <summary>The auction that it must name, where it names one; null where that is not looked at, as long after the job.</summary>
    public Digest? Auction { get; init; }

    /// <summary>Of a request that goes to one worker.</summary>
    /// <param name="request">The request.</param>
    /// <param name="manifestSha256">The model's manifest, 64 hex digits.</param>
    /// <param name="auction">The auction that it must name; null where that is not looked at.</param>
    public static ReceiptBinding Of(SealedRequest request, string manifestSha256, Digest? auction = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        BoundStatement worker = request.Workers.Single();
        return new ReceiptBinding(request.HeaderHash, worker.Hash, worker.Statement.ReceiptKey, new Digest(Convert.FromHexString(manifestSha256))) { Auction = auction };
    }

    /// <summary>Checks a receipt that came without its answer.</summary>
    /// <param name="signed">The receipt.</param>
    /// <param name="networkId">This network.</param>
    /// <param name="jobId">The job, which is the request's id.</param>
    /// <param name="price">What the job pays.</param>
    /// <returns>Null where it is not of this request, worker, model and price, or not signed by the worker.</returns>
    public CheckedReceipt? Check(SignedReceipt signed, string networkId, Guid jobId, TokenPrices price)
    {
        ArgumentNullException.ThrowIfNull(signed);
        return signed.Check(networkId, StatementHash, ReceiptKey.Span, out UsageReceipt? receipt) == ReceiptFault.None ? Check(signed, receipt!, jobId, price) : null;
    }

    /// <summary>Checks a receipt whose signature and answer were checked already.</summary>
    /// <param name="signed">The receipt.</param>
    /// <param name="receipt">What it says.</param>
    /// <param name="jobId">The job.</param>
    /// <param name="price">What the job pays.</param>
    public CheckedReceipt? Check(SignedReceipt signed, UsageReceipt receipt, Guid jobId, TokenPrices price)
    {
        ArgumentNullException.ThrowIfNull(signed);
        ArgumentNullException.ThrowIfNull(receipt);
        var fits = receipt.RequestId == jobId
            && receipt.HeaderHash == HeaderHash
            && receipt.StatementHash == StatementHash
            && receipt.Usage.ModelManifest == ModelManifest
            && (Auction is null || receipt.Usage.Auction is null || receipt.Usage.Auction == Auction)
            && receipt.Usage.Prices == new ReceiptPrices(price.Prompt.Value, price.Cached.Value, price.Completion.Value, price.Request.Value).Hash();
        return fits ? new CheckedReceipt(receipt, SHA256.HashData(signed.Receipt.Span), signed) : null;
    }
}
