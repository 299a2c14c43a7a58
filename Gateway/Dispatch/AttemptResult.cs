using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Tunnel.Usage;

namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>What came of an attempt at one worker.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Outcome">What the worker's grain is told.</param>
/// <param name="Reason">A short code, for the log and for people.</param>
/// <param name="CountedTokens">The gateway's count of the completion tokens that came.</param>
public sealed record AttemptResult(AttemptEnd End, LeaseOutcome Outcome, string Reason, int CountedTokens)
{
    /// <summary>The worker's report, checked; null where none came or it is not valid.</summary>
    public CheckedReport? Report { get; init; }

    /// <summary>What the worker has against the client's request. The gateway found nothing wrong with it, so this counts only where no other worker takes it.</summary>
    public ApiError? Error { get; init; }

    /// <summary>Whether the job may be tried at the same worker again: it was full for a moment longer than its grain knew.</summary>
    public bool MayRepeat { get; init; }
}

/// <summary>A usage report whose signature, worker, job and lease were checked.</summary>
/// <param name="Report">The report.</param>
/// <param name="Sha256">The hash of its signed bytes.</param>
public sealed record CheckedReport(UsageReport Report, byte[] Sha256)
{
    /// <summary>Its counts.</summary>
    public TokenUsage Usage => new(Report.PromptTokens, Report.CachedTokens, Report.CompletionTokens, Report.ReasoningTokens);
}
