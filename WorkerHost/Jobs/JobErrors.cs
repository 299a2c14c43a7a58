using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>What the payload and the engine have against a job, as the error record says it.</summary>
internal static class JobErrors
{
    /// <summary>Where a chat's prompt comes from.</summary>
    public const string Messages = "messages";

    /// <summary>Where the texts of embeddings come from.</summary>
    public const string Input = "input";

    public static JobError Of(ChatRequestError error) => new(error.Code, error.Message, Retryable: false, error.Param);

    public static JobError PromptTooLong(int promptTokens, int contextTokens) => new(
        ChatRequestError.ContextLengthExceeded,
        $"The prompt has {promptTokens} tokens; with an answer of at least one token it must fit this model's context of {contextTokens}. Shorten the messages.",
        Retryable: false,
        Messages);

    public static JobError OtherTask(bool embeds) => new(
        ChatRequestError.UnsupportedModel,
        embeds ? "This model chats; it makes no embeddings." : "This model makes embeddings; it doesn't chat.",
        Retryable: false,
        "model");

    public static JobError TooManyDimensions(int most) => new(
        ChatRequestError.InvalidValue, $"'dimensions' must be at most {most}, the width of this model's vectors.", Retryable: false, "dimensions");

    public static JobError Of(EngineRefusal refusal, string inputParam) => refusal.Kind switch
    {
        EngineRefusalKind.UnknownModel => new(JobErrorCodes.ModelNotServed, refusal.Message, Retryable: true),
        EngineRefusalKind.ContextTooLong => new(ChatRequestError.ContextLengthExceeded, refusal.Message, Retryable: false, inputParam),
        EngineRefusalKind.OtherTask => new(ChatRequestError.UnsupportedModel, refusal.Message, Retryable: false, "model"),
        EngineRefusalKind.QueueFull => new(JobErrorCodes.NoFreeSlot, refusal.Message, Retryable: true),
        EngineRefusalKind.DeadlinePassed => new(JobErrorCodes.LeaseExpired, refusal.Message, Retryable: true),
        EngineRefusalKind.DeadlineTooShort => new(JobErrorCodes.DeadlineTooShort, refusal.Message, Retryable: true),
        EngineRefusalKind.InvalidOption => new(ChatRequestError.InvalidValue, refusal.Message, Retryable: false, ParamOf(refusal.Field)),
        _ => new(JobErrorCodes.EngineFailed, refusal.Message, Retryable: true),
    };

    /// <summary>The field of the client's request that an engine's field comes from, where there is one of that name.</summary>
    private static string? ParamOf(string? field) => field switch
    {
        null => null,
        _ when field.StartsWith(nameof(EmbeddingRequest.Inputs), StringComparison.Ordinal) => Input,
        nameof(EmbeddingRequest.Dimensions) => "dimensions",
        _ => null,
    };

    public static JobError Of(GenerationFailedException failed) => failed.Failure switch
    {
        GenerationFailure.DeadlinePassed => new(JobErrorCodes.LeaseExpired, "The job's lease ended before the answer did.", Retryable: true),
        GenerationFailure.EngineStopped => Draining,
        GenerationFailure.NoAllowedToken => new(ChatRequestError.InvalidValue, "The model has no token that goes on with what the request's grammar or schema asks for.", Retryable: false),
        _ => EngineFailed,
    };

    public static JobError Draining { get; } = new(JobErrorCodes.Draining, "The worker left before the answer was complete.", Retryable: true);

    /// <summary>Without the exception's own words: they stand in the worker's log.</summary>
    public static JobError EngineFailed { get; } = new(JobErrorCodes.EngineFailed, "The engine failed in the middle of the answer.", Retryable: true);
}
