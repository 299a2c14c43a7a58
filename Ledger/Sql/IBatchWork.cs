using CocoonOrleans.Ledger.Operations;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>A piece of a batch.</summary>
/// <typeparam name="TSession">What it is done with.</typeparam>
internal interface IBatchWork<in TSession>
{
    /// <summary>The operations that it applies, where it does nothing else; empty where that isn't known before.</summary>
    IReadOnlyList<LedgerOperation> Operations { get; }

    /// <summary>Does the work; it may be done again, after all it wrote was undone.</summary>
    /// <returns>False where it threw: then what it wrote must be undone.</returns>
    bool TryRun(TSession session);
}
