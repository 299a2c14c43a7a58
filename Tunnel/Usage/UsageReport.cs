using System.Text.Json;
using System.Text.Json.Serialization;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;

namespace CocoonOrleans.Tunnel.Usage;

/// <summary>What a worker says a job used. Its exact bytes are signed (<see cref="SignedUsageReport"/>).</summary>
/// <param name="Version">1.</param>
/// <param name="JobId">The job.</param>
/// <param name="LeaseId">The lease under which it ran.</param>
/// <param name="WorkerId">The worker: hex SHA-256 of the key that signs.</param>
/// <param name="ModelManifestSha256">Hash of the model's files.</param>
/// <param name="PromptTokens">Prompt tokens, cached ones included; once, however many answers there are.</param>
/// <param name="CachedTokens">Prompt tokens from the prefix cache; at most <paramref name="PromptTokens"/>.</param>
/// <param name="CompletionTokens">Generated tokens of all answers, reasoning included.</param>
/// <param name="ReasoningTokens">Generated tokens that were reasoning; at most <paramref name="CompletionTokens"/>.</param>
/// <param name="Status">How it ended.</param>
/// <param name="FinishReason">OpenAI's finish reason where it is complete, of several answers that of the first, with index 0; else null.</param>
/// <param name="StartedMs">When the job was taken, Unix time in milliseconds.</param>
/// <param name="EndedMs">When it ended, Unix time in milliseconds; not before <paramref name="StartedMs"/>.</param>
/// <param name="Terms">The dispatch's terms, as they came.</param>
public sealed record UsageReport(
    [property: JsonPropertyOrder(0)] int Version,
    [property: JsonPropertyOrder(1)] string JobId,
    [property: JsonPropertyOrder(2)] string LeaseId,
    [property: JsonPropertyOrder(3)] string WorkerId,
    [property: JsonPropertyOrder(4)] string ModelManifestSha256,
    [property: JsonPropertyOrder(5)] long PromptTokens,
    [property: JsonPropertyOrder(6)] long CachedTokens,
    [property: JsonPropertyOrder(7)] long CompletionTokens,
    [property: JsonPropertyOrder(8)] long ReasoningTokens,
    [property: JsonPropertyOrder(9)] UsageStatus Status,
    [property: JsonPropertyOrder(10)] string? FinishReason,
    [property: JsonPropertyOrder(11)] long StartedMs,
    [property: JsonPropertyOrder(12)] long EndedMs,
    [property: JsonPropertyOrder(13)] string Terms)
{
    /// <summary>The version written here.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Most bytes of a report.</summary>
    public const int MaxBytes = 4096;

    /// <summary>The bytes that are signed: compact JSON with the fields in the order above.</summary>
    public byte[] ToCanonicalBytes() => JsonSerializer.SerializeToUtf8Bytes(this, TunnelJson.Default.UsageReport);

    /// <summary>Whether every field is within its range.</summary>
    [JsonIgnore]
    public bool IsValid =>
        Version == CurrentVersion
        && FieldCheck.IsId(JobId)
        && FieldCheck.IsId(LeaseId)
        && TunnelPublicKey.IsId(WorkerId)
        && TunnelPublicKey.IsId(ModelManifestSha256)
        && CachedTokens >= 0 && PromptTokens >= CachedTokens
        && ReasoningTokens >= 0 && CompletionTokens >= ReasoningTokens
        && Enum.IsDefined(Status)
        && Status == UsageStatus.Complete == FinishReason is not null
        && FinishReason is null or "stop" or "length" or "tool_calls" or "content_filter"
        && StartedMs >= 0 && EndedMs >= StartedMs
        && FieldCheck.IsTerms(Terms);
}
