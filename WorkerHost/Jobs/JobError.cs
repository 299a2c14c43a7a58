namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>What payload or engine have against a job that was taken.</summary>
/// <param name="Code">One of <see cref="Tunnel.Messages.JobErrorCodes"/>, or an OpenAI error code where the client's request is at fault.</param>
/// <param name="Message">One sentence for people.</param>
/// <param name="Retryable">Whether another worker, or this one later, may succeed with the same request.</param>
/// <param name="Param">The field of the client's request that is at fault, if one is.</param>
internal sealed record JobError(string Code, string Message, bool Retryable, string? Param = null);
