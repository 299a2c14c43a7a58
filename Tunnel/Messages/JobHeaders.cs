namespace CocoonOrleans.Tunnel.Messages;

/// <summary>The headers of a job.</summary>
public static class JobHeaders
{
    /// <summary>The job's id.</summary>
    public const string JobId = "cocoon-job-id";

    /// <summary>The lease's id.</summary>
    public const string Lease = "cocoon-lease";

    /// <summary>The model's name, percent-encoded.</summary>
    public const string Model = "cocoon-model";

    /// <summary>The id in every chunk.</summary>
    public const string CompletionId = "cocoon-completion-id";

    /// <summary>Unix time in seconds.</summary>
    public const string Created = "cocoon-created";

    /// <summary>Most tokens to generate.</summary>
    public const string MaxCompletionTokens = "cocoon-max-completion-tokens";

    /// <summary>Unix time in milliseconds.</summary>
    public const string Deadline = "cocoon-deadline";

    /// <summary>Nano per 1,000,000 prompt tokens.</summary>
    public const string PricePrompt = "cocoon-price-prompt";

    /// <summary>Nano per 1,000,000 cached prompt tokens.</summary>
    public const string PriceCached = "cocoon-price-cached";

    /// <summary>Nano per 1,000,000 generated tokens.</summary>
    public const string PriceCompletion = "cocoon-price-completion";

    /// <summary>Nano per request.</summary>
    public const string PriceRequest = "cocoon-price-request";

    /// <summary>The gateways' own note about the job, opaque to the worker.</summary>
    public const string Terms = "cocoon-terms";

    /// <summary>The hash of the auction's transcript; absent where there was none.</summary>
    public const string Auction = "cocoon-auction";

    /// <summary>What the payload asks; absent for a chat, else <c>embeddings</c>.</summary>
    public const string Kind = "cocoon-kind";
}
