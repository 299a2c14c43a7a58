using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market.Accounts;

namespace CocoonOrleans.Grains.Jobs;

/// <summary>What a job's messages must look like before anything is done with them.</summary>
internal static class JobRules
{
    /// <summary>The longest that a job may hold money: a day, as the longest deadline is, and time to settle.</summary>
    public static readonly TimeSpan LongestHold = TimeSpan.FromHours(25);

    /// <summary>The first field that breaks a bound; null where none does. An end in the past is none: a repeat may come late.</summary>
    public static string? FindInvalid(JobStart start, DateTimeOffset now) =>
        !AccountId.IsValid(start.AccountId) ? nameof(start.AccountId)
        : !ApiKey.IsKeyId(start.ApiKeyId) ? nameof(start.ApiKeyId)
        : start.RequestSha256 is not { Length: LedgerLimits.HashLength } ? nameof(start.RequestSha256)
        : !IsText(start.Model) ? nameof(start.Model)
        : !IsCount(start.PromptTokens) ? nameof(start.PromptTokens)
        : !IsCount(start.MaxCompletionTokens) ? nameof(start.MaxCompletionTokens)
        : !start.Cap.IsValid ? nameof(start.Cap)
        : start.Voucher is not (null or { Length: > 0 and <= LedgerLimits.MaxVoucherLength }) ? nameof(start.Voucher)
        : start.ExpiresAt - now > LongestHold ? nameof(start.ExpiresAt)
        : null;

    /// <summary>The first field that breaks a bound; null where none does.</summary>
    public static string? FindInvalid(JobCompletion completion) =>
        !AccountId.IsValid(completion.AccountId) ? nameof(completion.AccountId)
        : !IsText(completion.WorkerId) ? nameof(completion.WorkerId)
        : !AccountId.IsValid(completion.ProviderId) ? nameof(completion.ProviderId)
        : !completion.Price.IsValid ? nameof(completion.Price)
        : !completion.Reported.IsValid || !IsCount(completion.Reported.Prompt) || !IsCount(completion.Reported.Completion) ? nameof(completion.Reported)
        : !IsCount(completion.CountedPromptTokens) ? nameof(completion.CountedPromptTokens)
        : completion.CountedCompletionTokens is { } counted && !IsCount(counted) ? nameof(completion.CountedCompletionTokens)
        : !Enum.IsDefined(completion.Status) ? nameof(completion.Status)
        : completion.ReceiptSha256 is not (null or { Length: LedgerLimits.HashLength }) ? nameof(completion.ReceiptSha256)
        : null;

    private static bool IsText(string? text) => text is { Length: > 0 and <= LedgerLimits.MaxTextLength };

    private static bool IsCount(long tokens) => tokens is >= 0 and <= LedgerLimits.MaxTokens;
}
