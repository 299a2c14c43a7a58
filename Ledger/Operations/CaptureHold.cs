using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Ledger.Operations;

/// <summary>
/// Charges a job, once: client -, provider +, commission +, and the rest of the hold is free again. A charge above the hold is cut to it.
/// Results: <see cref="HoldCaptured"/>, <see cref="CaptureTooLate"/>, <see cref="UnknownJob"/>, <see cref="AccountRefused"/>, <see cref="OperationInvalid"/>.
/// </summary>
public sealed record CaptureHold : LedgerOperation
{
    /// <summary>The job.</summary>
    public required Guid JobId { get; init; }

    /// <summary>The provider account to pay.</summary>
    public required string ProviderAccountId { get; init; }

    /// <summary>The worker that served the job.</summary>
    public required string WorkerId { get; init; }

    /// <summary>The final prices.</summary>
    public required TokenPrices Prices { get; init; }

    /// <summary>The tokens charged for.</summary>
    public required TokenUsage Usage { get; init; }

    /// <summary>The charge, in nano, zero or above: the smallest of report, own count with tolerance, less refunds.</summary>
    public required Nano Amount { get; init; }

    /// <summary>The network's share in basis points, 0 to 10,000; rounded down, so that rounding goes to the provider.</summary>
    public int CommissionBasisPoints { get; init; } = 500;

    /// <summary>How the job ended.</summary>
    public required CompletionStatus Status { get; init; }

    /// <summary>SHA-256 of the worker's signed usage receipt, 32 bytes; null where none came and the gateway's count is charged.</summary>
    public required ReadOnlyMemory<byte>? ReportHash { get; init; }
}

/// <summary>The job is charged; or was, by the first of several completions.</summary>
/// <param name="Hold">The hold with <see cref="Hold.Capture"/> set.</param>
/// <param name="Repeated">Whether an earlier operation charged it.</param>
public sealed record HoldCaptured(Hold Hold, bool Repeated) : LedgerResult;

/// <summary>The hold was released before: nothing is paid, and the completion is recorded for the provider to see.</summary>
/// <param name="Hold">The hold with <see cref="Hold.Release"/> set.</param>
public sealed record CaptureTooLate(Hold Hold) : LedgerResult;

/// <summary>There was never a hold of this job.</summary>
/// <param name="JobId">The job.</param>
public sealed record UnknownJob(Guid JobId) : LedgerResult;
