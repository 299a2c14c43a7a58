namespace CocoonOrleans.Ledger.Operations;

/// <summary>The id was used before, for something else. Nothing about the first use is told.</summary>
public sealed record IdReused : LedgerResult;
