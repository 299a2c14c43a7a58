using CocoonOrleans.Tunnel.Usage;

namespace CocoonOrleans.Tunnel.Messages;

/// <summary>The last record of an answer that failed, or of a job that was refused.</summary>
/// <param name="Code">One of <see cref="JobErrorCodes"/>, or an OpenAI error code where the client's request is at fault.</param>
/// <param name="Message">One sentence for people; never a part of prompt or answer.</param>
/// <param name="Retryable">Whether another worker, or this one later, may succeed with the same request.</param>
/// <param name="Param">The field of the client's request that is at fault, if one is.</param>
/// <param name="Usage">The signed counts of what was generated before it failed; null where nothing was started.</param>
public sealed record JobError(string Code, string Message, bool Retryable, string? Param = null, SignedUsageReport? Usage = null);
