namespace CocoonOrleans.Gateway.Errors;

/// <summary>Every error of the API, in one place.</summary>
public static class ErrorKinds
{
    private const string InvalidRequest = "invalid_request_error";
    private const string Quota = "insufficient_quota";
    private const string Permission = "permission_error";
    private const string RateLimit = "rate_limit_error";
    private const string Server = "server_error";
    private const string Time = "timeout_error";

    /// <summary>A field that must be there is not.</summary>
    public static ErrorKind MissingRequiredParameter { get; } = new(400, InvalidRequest, "missing_required_parameter", "Add the field that param names.");

    /// <summary>A field has a value that it can't have.</summary>
    public static ErrorKind InvalidValue { get; } = new(400, InvalidRequest, "invalid_value", "Correct the field that param names.");

    /// <summary>The voucher is malformed, of another network, account or channel, or not signed by the channel's payer.</summary>
    public static ErrorKind InvalidVoucher { get; } = new(400, InvalidRequest, "invalid_voucher", "Send a voucher of a channel of the account, signed with its voucher key, in the header Cocoon-Voucher.");

    /// <summary>A field whose loss would change the meaning is not supported by the model.</summary>
    public static ErrorKind UnsupportedParameter { get; } = new(400, InvalidRequest, "unsupported_parameter", "Leave out the field that param names.");

    /// <summary>The model is for something else: it chats, or it makes embeddings.</summary>
    public static ErrorKind UnsupportedModel { get; } = new(400, InvalidRequest, "unsupported_model", "Use a model that is made for this endpoint: GET /v1/models tells the task of each.");

    /// <summary>The prompt leaves no room for an answer, or an input is longer than the model takes.</summary>
    public static ErrorKind ContextLengthExceeded { get; } = new(400, InvalidRequest, "context_length_exceeded", "Shorten what param names, or use a model with a longer context.");

    /// <summary>The API key is absent, malformed, unknown or revoked; which of them is not said.</summary>
    public static ErrorKind InvalidApiKey { get; } = new(401, InvalidRequest, "invalid_api_key", "Send a valid key: Authorization: Bearer ck_...");

    /// <summary>The admin token is absent or wrong.</summary>
    public static ErrorKind InvalidAdminToken { get; } = new(401, InvalidRequest, "invalid_admin_token", "Send the token that stands in the file admin-token of the gateway's data folder.");

    /// <summary>The account can't cover the most that the request may cost.</summary>
    public static ErrorKind InsufficientBalance { get; } = new(402, Quota, "insufficient_balance", "Top the account up, or lower max_completion_tokens or provider.max_price.");

    /// <summary>The channel's best voucher promises too little for the request.</summary>
    public static ErrorKind VoucherTooLow { get; } = new(402, Quota, "voucher_too_low", "Sign a higher one: metadata.channel has what was used, and the best voucher that the operator holds.");

    /// <summary>The channel doesn't hold enough for the request.</summary>
    public static ErrorKind ChannelExhausted { get; } = new(402, Quota, "channel_exhausted", "Top the channel up.");

    /// <summary>The channel is not funded yet, or its payer may leave.</summary>
    public static ErrorKind ChannelNotOpen { get; } = new(402, Quota, "channel_not_open", "Fund the channel and wait until the operator has seen it, take the withdrawal back, or open a new one.");

    /// <summary>The account was closed.</summary>
    public static ErrorKind AccountClosed { get; } = new(403, Permission, "account_closed", "Use a key of another account.");

    /// <summary>The request asks for a lower trust tier than its key allows.</summary>
    public static ErrorKind TrustNotAllowed { get; } = new(403, Permission, "trust_not_allowed", "Leave out provider.trust or raise it, or use a key that may lower it.");

    /// <summary>The network takes no deposits.</summary>
    public static ErrorKind TopUpsNotAccepted { get; } = new(403, Permission, "topups_not_accepted", "Ask the operator how to pay in.");

    /// <summary>Clients can't pay by channel here.</summary>
    public static ErrorKind ChannelsNotAccepted { get; } = new(403, Permission, "channels_not_accepted", "Pay from a prepaid account.");

    /// <summary>The network serves no such model.</summary>
    public static ErrorKind ModelNotFound { get; } = new(404, InvalidRequest, "model_not_found", "GET /v1/models lists the models.");

    /// <summary>There is nothing at this path.</summary>
    public static ErrorKind UnknownUrl { get; } = new(404, InvalidRequest, "unknown_url", "Check the path and the base URL, which ends with /v1.");

    /// <summary>The account has no such channel.</summary>
    public static ErrorKind UnknownChannel { get; } = new(404, InvalidRequest, "unknown_channel", "GET /v1/channels lists the account's channels.");

    /// <summary>There is no such account.</summary>
    public static ErrorKind UnknownAccount { get; } = new(404, InvalidRequest, "unknown_account", "Check the account id.");

    /// <summary>There is no such deposit.</summary>
    public static ErrorKind UnknownDeposit { get; } = new(404, InvalidRequest, "unknown_deposit", "GET /admin/deposits lists those that wait.");

    /// <summary>The account has no such API key.</summary>
    public static ErrorKind UnknownKey { get; } = new(404, InvalidRequest, "unknown_key", "Check the key id.");

    /// <summary>The key has no such response.</summary>
    public static ErrorKind ResponseNotFound { get; } = new(404, InvalidRequest, "response_not_found", "Make responses with store: true or background: true to read them later, within the time that they are kept.");

    /// <summary>The gateway knows no such request of the key.</summary>
    public static ErrorKind GenerationNotFound { get; } = new(404, InvalidRequest, "generation_not_found", "Ask with the id of an answer, soon after it, at the gateway that gave it.");

    /// <summary>The path exists, but not with this method.</summary>
    public static ErrorKind MethodNotAllowed { get; } = new(405, InvalidRequest, "method_not_allowed", "Use the method that the header Allow names.");

    /// <summary>The request did not arrive in time.</summary>
    public static ErrorKind SlowUpload { get; } = new(408, Time, "slow_upload", "Send the body without pauses.");

    /// <summary>The Idempotency-Key was used for another request.</summary>
    public static ErrorKind IdempotencyKeyReuse { get; } = new(409, InvalidRequest, "idempotency_key_reuse", "Use a new Idempotency-Key for each different request.");

    /// <summary>The first request with this Idempotency-Key is still running.</summary>
    public static ErrorKind IdempotencyInProgress { get; } = new(409, InvalidRequest, "idempotency_in_progress", "Repeat later.");

    /// <summary>The first request with this Idempotency-Key has ended and was charged; its answer is not here any more.</summary>
    public static ErrorKind IdempotencyCompleted { get; } = new(409, InvalidRequest, "idempotency_completed", "Use a new Idempotency-Key to ask again.");

    /// <summary>The id of a sealed request was used before.</summary>
    public static ErrorKind RequestIdReuse { get; } = new(409, InvalidRequest, "request_id_reuse", "Seal the request anew, under a new id.");

    /// <summary>The deposit was settled in another way.</summary>
    public static ErrorKind DepositSettled { get; } = new(409, InvalidRequest, "deposit_settled", "A deposit is settled once.");

    /// <summary>The body is larger than this endpoint takes.</summary>
    public static ErrorKind RequestTooLarge { get; } = new(413, InvalidRequest, "request_too_large", "Send a smaller body.");

    /// <summary>The body is not said to be what the endpoint takes.</summary>
    public static ErrorKind UnsupportedMediaType { get; } = new(415, InvalidRequest, "unsupported_media_type", "Send Content-Type: application/json, or of a sealed request its own, uncompressed.");

    /// <summary>The key has sent too many requests, or has too many running.</summary>
    public static ErrorKind RateLimitExceeded { get; } = new(429, RateLimit, "rate_limit_exceeded", "Wait as long as Retry-After says.");

    /// <summary>As many requests wait, or run here, as may.</summary>
    public static ErrorKind QueueFull { get; } = new(429, RateLimit, "queue_full", "Wait as long as Retry-After says.");

    /// <summary>A fault of ours; the log has it under the request id.</summary>
    public static ErrorKind Internal { get; } = new(500, Server, null, "Repeat later; tell the operator the x-request-id if it stays.");

    /// <summary>Workers failed, and no other one could take over.</summary>
    public static ErrorKind ProviderFailed { get; } = new(502, Server, "provider_failed", "Repeat.");

    /// <summary>The worker was revoked while it answered.</summary>
    public static ErrorKind ProviderRevoked { get; } = new(502, Server, "provider_revoked", "Repeat: another worker answers. Don't use what came of this answer where it matters who computed it.");

    /// <summary>No worker that serves the model is free.</summary>
    public static ErrorKind NoCapacity { get; } = new(503, Server, "no_capacity", "Repeat later; metadata.rejected_by says what kept each worker from serving.");

    /// <summary>Workers are there, but all ask more than the request allows.</summary>
    public static ErrorKind NoOfferUnderMaxPrice { get; } = new(503, Server, "no_offer_under_max_price", "Raise provider.max_price; metadata.cheapest_offer is what the cheapest would cost.");

    /// <summary>No worker has the trust tier that the request asks for.</summary>
    public static ErrorKind NoAttestedProvider { get; } = new(503, Server, "no_attested_provider", "Lower provider.trust, or repeat later.");

    /// <summary>A request is sealed to statements none of which is of a worker that is here.</summary>
    public static ErrorKind UnknownStatement { get; } = new(503, Server, "unknown_statement", "GET /v1/attested-workers, and seal anew.");

    /// <summary>The gateway can't reach the cluster or its database.</summary>
    public static ErrorKind ClusterUnavailable { get; } = new(503, Server, "cluster_unavailable", "Repeat later.");

    /// <summary>The wallet that takes deposits has no code yet, or the chain doesn't answer.</summary>
    public static ErrorKind TopUpsNotReady { get; } = new(503, Server, "topups_not_ready", "Repeat later. The operator's wallet needs coins to be deployed.");

    /// <summary>The operator's newest proof shows fewer coins than debts.</summary>
    public static ErrorKind TopUpsSuspended { get; } = new(503, Server, "topups_suspended", "Send no coins. ./cocoon verify solvency shows the proof.");

    /// <summary>There is no proof of solvency yet, or the chain doesn't answer.</summary>
    public static ErrorKind NoSolvencyProof { get; } = new(503, Server, "no_solvency_proof", "Repeat later.");

    /// <summary>The gateway is going down.</summary>
    public static ErrorKind Shed { get; } = new(503, Server, "shed", "Repeat, on another gateway where there is one.");

    /// <summary>The answer was not complete when the request's time was over, or could not have been.</summary>
    public static ErrorKind Deadline { get; } = new(504, Time, "deadline", "Ask for fewer tokens, or allow more time.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ErrorKind> All { get; } =
    [
        MissingRequiredParameter, InvalidValue, InvalidVoucher, UnsupportedParameter, UnsupportedModel, ContextLengthExceeded, InvalidApiKey, InvalidAdminToken,
        InsufficientBalance, VoucherTooLow, ChannelExhausted, ChannelNotOpen, AccountClosed, TrustNotAllowed, TopUpsNotAccepted, ChannelsNotAccepted, ModelNotFound, UnknownUrl, UnknownChannel, UnknownAccount, UnknownDeposit, UnknownKey, ResponseNotFound, GenerationNotFound, MethodNotAllowed, SlowUpload,
        IdempotencyKeyReuse, IdempotencyInProgress, IdempotencyCompleted, RequestIdReuse, DepositSettled, RequestTooLarge, UnsupportedMediaType, RateLimitExceeded, QueueFull,
        Internal, ProviderFailed, ProviderRevoked, NoCapacity, NoOfferUnderMaxPrice, NoAttestedProvider, UnknownStatement, ClusterUnavailable, TopUpsNotReady, TopUpsSuspended, NoSolvencyProof, Shed, Deadline,
    ];

    /// <summary>The kind with this code; null where there is none.</summary>
    public static ErrorKind? Find(string? code) => All.FirstOrDefault(kind => kind.Code == code);
}
