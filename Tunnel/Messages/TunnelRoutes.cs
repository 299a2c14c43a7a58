namespace CocoonOrleans.Tunnel.Messages;

/// <summary>The paths that a worker serves on its tunnel.</summary>
public static class TunnelRoutes
{
    /// <summary>GET: <see cref="WorkerRegistration"/>.</summary>
    public const string Registration = "/v1/registration";

    /// <summary>GET, followed by a hash: <see cref="TokenizerFiles"/>.</summary>
    public const string Tokenizers = "/v1/tokenizers/";

    /// <summary>GET: an endless stream of <see cref="Heartbeat"/>, one JSON line each.</summary>
    public const string Heartbeats = "/v1/heartbeats";

    /// <summary>GET: <see cref="VouchedStatement"/>, the newest.</summary>
    public const string Statement = "/v1/statement";

    /// <summary>POST: a <see cref="FreshRequest"/>. With status 200 the answer is a <see cref="FreshStatement"/>, with <see cref="RefusedStatus"/> a <see cref="JobRefusal"/>.</summary>
    public const string FreshStatements = "/v1/fresh-statements";

    /// <summary>
    /// POST: a job, its <see cref="JobDispatch"/> in headers and its sealed request as body. With status 200 the answer is sealed; with <see cref="RefusedStatus"/> it
    /// is a <see cref="JobRefusal"/>.
    /// </summary>
    public const string Jobs = "/v1/jobs";

    /// <summary>The HTTP status of a job that is refused without its payload having been opened: 409.</summary>
    public const int RefusedStatus = 409;

    /// <summary>GET: receipts that wait for an acknowledgement. POST to <c>{jobId}/ack</c> below it: acknowledges.</summary>
    public const string Receipts = "/v1/receipts";

    /// <summary>GET: <see cref="OfferPage"/>. POST to <c>verdicts</c> below it: <see cref="OfferVerdicts"/>.</summary>
    public const string Offers = "/v1/offers";

    /// <summary>POST: <see cref="ProviderVoucher"/>, the newest of the worker's provider, to keep.</summary>
    public const string Voucher = "/v1/voucher";

    /// <summary>POST: <see cref="SessionAdmission"/>.</summary>
    public const string Session = "/v1/session";

    /// <summary>POST: a <see cref="Handshakes.TunnelRefusal"/>, why the gateway is about to close the tunnel.</summary>
    public const string Goodbye = "/v1/goodbye";
}
