using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Receipts;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>What came of an attempt at one worker.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Outcome">What the worker's grain is told.</param>
/// <param name="Reason">A short code, for the log and for people.</param>
/// <param name="CountedTokens">The gateway's count of the completion tokens that came.</param>
public sealed record AttemptResult(AttemptEnd End, LeaseOutcome Outcome, string Reason, int CountedTokens)
{
    /// <summary>The worker's receipt, checked; null where none came or it is not valid.</summary>
    public CheckedReceipt? Receipt { get; init; }

    /// <summary>The worker's statement to which the request was sealed; null where it was sealed to none.</summary>
    public BoundStatement? Statement { get; init; }

    /// <summary>The worker's tier when the request was sealed to it.</summary>
    public TrustTier Tier { get; init; }

    /// <summary>What the worker has against the client's request. The gateway found nothing wrong with it, so this counts only where no other worker takes it.</summary>
    public ApiError? Error { get; init; }

    /// <summary>Whether a receipt may still come, though none is here: then the job stays open for it.</summary>
    public bool ReceiptMayCome { get; init; }

    /// <summary>Whether the job may be tried at the same worker again: it was full for a moment longer than its grain knew.</summary>
    public bool MayRepeat { get; init; }
}
