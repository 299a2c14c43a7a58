namespace CocoonOrleans.Ledger.Operations;

/// <summary>What became of one operation. Each operation names the results it can have; a result that is no success changed no balance.</summary>
public abstract record LedgerResult
{
    private protected LedgerResult()
    {
    }
}

/// <summary>A value of the operation breaks a bound; nothing was read or written.</summary>
/// <param name="Field">The name of the operation's property.</param>
/// <param name="Reason">What it must be.</param>
public sealed record OperationInvalid(string Field, string Reason) : LedgerResult;
