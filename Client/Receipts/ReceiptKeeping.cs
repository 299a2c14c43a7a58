using CocoonOrleans.Client.Workers;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Requests;

namespace CocoonOrleans.Client.Receipts;

/// <summary>What is known of a request before its answer comes, for the receipt that is to be kept.</summary>
/// <param name="folder">Where it is kept.</param>
/// <param name="vouchers">What vouches for a worker's statement.</param>
/// <param name="asked">When the request was sealed.</param>
/// <param name="time">The clock.</param>
internal sealed class ReceiptKeeping(ReceiptFolder folder, Func<Sealing.Digest, StatementVoucher> vouchers, DateTimeOffset asked, TimeProvider time)
{
    /// <summary>Keeps the receipt of an answer that was opened to its end and checked.</summary>
    /// <param name="request">The request.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="receipt">The receipt of its last record.</param>
    /// <param name="prices">The prices that the gateway named.</param>
    public void Keep(SealedRequest request, AnswerOpener answer, SignedReceipt receipt, ReceiptPrices prices) => folder.Keep(new StoredReceipt
    {
        Signed = receipt,
        Statement = answer.Worker!.Bytes,
        Voucher = vouchers(answer.Worker.Hash).Voucher,
        EventLog = vouchers(answer.Worker.Hash).EventLog,
        Gpus = vouchers(answer.Worker.Hash).Gpus,
        GpuReferences = vouchers(answer.Worker.Hash).GpuReferences,
        Header = request.HeaderBytes,
        Asked = asked,
        Answered = time.GetUtcNow(),
        ResponseNonce = answer.ResponseNonce,
        AnswerSha256 = answer.AnswerSha256,
        AnswerBytes = answer.AnswerBytes,
        Prices = prices,
    });
}
