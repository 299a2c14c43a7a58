namespace CocoonOrleans.Ledger;

/// <summary>
/// The database failed (disk full, locked, gone). Nothing of the batch is half done, but whether it was committed is unknown:
/// repeat it with the same ids, or answer 503.
/// </summary>
public sealed class LedgerUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
