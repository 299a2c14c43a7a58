using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Ledger.Holds;

/// <summary>A completion that came after its hold was released: recorded and shown to the provider, not paid.</summary>
/// <param name="JobId">The job.</param>
/// <param name="ProviderAccountId">The provider that served it.</param>
/// <param name="WorkerId">The worker that served it.</param>
/// <param name="Model">The model asked for.</param>
/// <param name="UnpaidAmount">What would have been charged, in nano, never more than the hold was.</param>
/// <param name="Usage">The tokens reported.</param>
/// <param name="Status">How the job ended at the worker.</param>
/// <param name="ReportHash">SHA-256 of the worker's signed usage receipt, 32 bytes; null where none came.</param>
/// <param name="At">When it came first.</param>
public sealed record LateCompletion(
    Guid JobId, string ProviderAccountId, string WorkerId, string Model, Nano UnpaidAmount, TokenUsage Usage, CompletionStatus Status,
    ReadOnlyMemory<byte>? ReportHash, DateTimeOffset At);
