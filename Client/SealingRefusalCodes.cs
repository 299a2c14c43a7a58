namespace CocoonOrleans.Client;

/// <summary>Why the client refuses what a gateway offers or answers. Each is a promise that the gateway, or whoever sits between, tried to break.</summary>
public static class SealingRefusalCodes
{
    /// <summary>The request can't be sealed, so it is not sent at all.</summary>
    public const string RequestUnsupported = "request.unsupported";

    /// <summary>What a request may cost is above the ceiling of this client (<see cref="CocoonSealingOptions.MostHoldNano"/>), so it is not sent.</summary>
    public const string RequestHold = "request.hold";

    /// <summary>What a request may cost could not be kept in the channel's file, so it is not sent.</summary>
    public const string PaymentNotKept = "payment.not_kept";

    /// <summary>The gateway's list of workers does not have the form of this version of the protocol, or is another model's.</summary>
    public const string WorkersMalformed = "workers.malformed";

    /// <summary>A statement does not have the form of this version of the protocol.</summary>
    public const string StatementMalformed = "statement.malformed";

    /// <summary>A statement is of another network.</summary>
    public const string StatementNetwork = "statement.network";

    /// <summary>A statement does not speak as a worker.</summary>
    public const string StatementRole = "statement.role";

    /// <summary>A statement has expired, or does not hold yet.</summary>
    public const string StatementExpired = "statement.expired";

    /// <summary>A statement's tier is below the least that is wanted.</summary>
    public const string StatementTier = "statement.tier";

    /// <summary>A statement of tier open is not signed by the receipt key that it names: it was changed.</summary>
    public const string StatementSignature = "statement.signature";

    /// <summary>The quote behind a statement is not accepted, or can't be judged with these options.</summary>
    public const string StatementQuote = "statement.quote";

    /// <summary>A statement is not shown to be newer than this client's nonce.</summary>
    public const string StatementNonce = "statement.nonce";

    /// <summary>Nothing can be sealed to a statement that is otherwise good.</summary>
    public const string StatementUnusable = "statement.unusable";

    /// <summary>The network's registry is shown in an older version than this client has seen.</summary>
    public const string RegistryRollback = "registry.rollback";

    /// <summary>What was seen can't be kept, so that it could be gone back behind: it is not believed.</summary>
    public const string FloorsNotKept = "floors.not_kept";

    /// <summary>A sealed request was answered with success, but not sealed.</summary>
    public const string AnswerUnsealed = "answer.unsealed";

    /// <summary>An answer ended before its last record.</summary>
    public const string AnswerTruncated = "answer.truncated";

    /// <summary>An answer does not open: it was changed, put together otherwise, or is another worker's.</summary>
    public const string AnswerRejected = "answer.rejected";

    /// <summary>An answer opens, but what it says is no answer to the request.</summary>
    public const string AnswerMalformed = "answer.malformed";

    /// <summary>An answer is larger than this client takes.</summary>
    public const string AnswerTooLarge = "answer.too_large";

    /// <summary>The worker says, sealed, that it failed in the middle of its answer.</summary>
    public const string AnswerFailed = "answer.failed";

    /// <summary>The usage receipt, of a whole answer or of one that broke off, is missing, not signed by the statement's key, or of another answer, end or model.</summary>
    public const string ReceiptInvalid = "receipt.invalid";

    /// <summary>The prices that the gateway named are not those of the receipt, or come to more than was allowed.</summary>
    public const string ReceiptPrices = "receipt.prices";

    /// <summary>The counts in the answer are not those of the receipt, or the receipt counts more than the answer can hold.</summary>
    public const string ReceiptUsage = "receipt.usage";
}
