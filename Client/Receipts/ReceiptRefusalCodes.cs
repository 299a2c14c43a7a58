namespace CocoonOrleans.Client.Receipts;

/// <summary>Why a stored receipt is refused. A quote behind the worker's statement is refused with a code of its own, one of <see cref="Attestation.Refusals.RefusalCodes"/>.</summary>
public static class ReceiptRefusalCodes
{
    /// <summary>The file is no stored receipt.</summary>
    public const string Format = "receipt.format";

    /// <summary>The statement does not have its form, or does not speak as a worker of the request's network.</summary>
    public const string Statement = "receipt.statement";

    /// <summary>The statement did not hold when the request was sealed to it.</summary>
    public const string StatementTime = "receipt.statement_time";

    /// <summary>What stands beside the statement does not vouch for it.</summary>
    public const string Voucher = "receipt.voucher";

    /// <summary>The receipt does not have its form, or is not signed by the statement's receipt key.</summary>
    public const string Signature = "receipt.signature";

    /// <summary>The receipt is of another request than the one that the client sealed.</summary>
    public const string Request = "receipt.request";

    /// <summary>The receipt is of another answer than the one that came in.</summary>
    public const string Answer = "receipt.answer";

    /// <summary>The receipt names a model that the statement doesn't, or another one than was expected.</summary>
    public const string Model = "receipt.model";

    /// <summary>The receipt counts more generated tokens than the answer has bytes.</summary>
    public const string Usage = "receipt.usage";

    /// <summary>The prices that the gateway named are not those of the receipt, or come to more than the client allowed.</summary>
    public const string Prices = "receipt.prices";

    /// <summary>The auction's transcript does not have its form, is not signed by the gateway, is not the one that the worker signed for, or does not add up.</summary>
    public const string Auction = "receipt.auction";

    /// <summary>The winner's offer is not signed by the worker, or comes to other prices.</summary>
    public const string Offer = "receipt.offer";

    /// <summary>The work was not done between question and answer.</summary>
    public const string Time = "receipt.time";
}
