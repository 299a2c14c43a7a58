using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Ledger.Holds;

/// <summary>The final charge of a job: <c>Amount = ProviderAmount + Commission</c>.</summary>
/// <param name="Amount">What the client paid, in nano; at most the hold, zero where nothing was delivered.</param>
/// <param name="ProviderAmount">The provider's leg, in nano; rounding is in its favour.</param>
/// <param name="Commission">The network's leg, in nano, rounded down.</param>
/// <param name="ProviderAccountId">Who was paid.</param>
/// <param name="WorkerId">The worker that served the job.</param>
/// <param name="Prices">The final prices.</param>
/// <param name="Usage">The tokens charged for.</param>
/// <param name="Status">How the job ended.</param>
/// <param name="ReportHash">SHA-256 of the worker's signed usage receipt, 32 bytes; null where none came.</param>
/// <param name="At">When it was captured.</param>
public sealed record HoldCapture(
    Nano Amount, Nano ProviderAmount, Nano Commission, string ProviderAccountId, string WorkerId, TokenPrices Prices, TokenUsage Usage,
    CompletionStatus Status, ReadOnlyMemory<byte>? ReportHash, DateTimeOffset At);
