namespace CocoonOrleans.Tunnel.Messages;

/// <summary>Why a worker, or the tunnel itself, does not do a job. What is wrong with the client's request has OpenAI's codes instead, and is told in a sealed answer only.</summary>
public static class JobErrorCodes
{
    /// <summary>The clear part of the job is malformed: a fault of the gateway. Not retryable.</summary>
    public const string BadDispatch = "bad_dispatch";

    /// <summary>The worker does not serve this model. Retryable elsewhere.</summary>
    public const string ModelNotServed = "model_not_served";

    /// <summary>All slots are taken. Retryable.</summary>
    public const string NoFreeSlot = "no_free_slot";

    /// <summary>The tunnel carries as many jobs as it may. Retryable.</summary>
    public const string TunnelFull = "tunnel_full";

    /// <summary>The worker is about to leave. Retryable elsewhere.</summary>
    public const string Draining = "draining";

    /// <summary>The lease has ended before the job began, or while it ran. Retryable under a new lease.</summary>
    public const string LeaseExpired = "lease_expired";

    /// <summary>The answer could not begin before the job's deadline. Retryable elsewhere.</summary>
    public const string DeadlineTooShort = "deadline_too_short";

    /// <summary>The job pays less than the worker asks for. Retryable elsewhere.</summary>
    public const string PriceTooLow = "price_too_low";

    /// <summary>The same job runs here already. Not retryable.</summary>
    public const string DuplicateJob = "duplicate_job";

    /// <summary>The payload is larger than the tunnel carries. Not retryable.</summary>
    public const string PayloadTooLarge = "payload_too_large";

    /// <summary>Too many receipts wait for an acknowledgement, so nothing new is begun that might not be paid. Retryable elsewhere.</summary>
    public const string ReceiptBacklog = "receipt_backlog";

    /// <summary>More clients ask for a fresh statement than one batch takes. Retryable.</summary>
    public const string FreshBusy = "fresh_busy";

    /// <summary>Nothing vouches for a fresh statement now. Retryable elsewhere.</summary>
    public const string FreshUnavailable = "fresh_unavailable";

    /// <summary>The engine failed. Retryable.</summary>
    public const string EngineFailed = "engine_failed";
}
