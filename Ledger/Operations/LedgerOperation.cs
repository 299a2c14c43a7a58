namespace CocoonOrleans.Ledger.Operations;

/// <summary>
/// One change of the ledger. Every operation has an id of its own and may be repeated: the repeat changes nothing and returns the first result.
/// An operation whose values break a bound is answered by <see cref="OperationInvalid"/>.
/// </summary>
public abstract record LedgerOperation
{
    private protected LedgerOperation()
    {
    }
}
