namespace CocoonOrleans.Ledger.Operations;

/// <summary>
/// Gives an account the memo for its deposits, once and for ever. Results: <see cref="DepositMemoGiven"/>, <see cref="AccountRefused"/>,
/// <see cref="IdReused"/> (the memo is another account's: draw another), <see cref="OperationInvalid"/>.
/// </summary>
/// <param name="AccountId">A client account.</param>
/// <param name="Memo">A fresh memo (<see cref="Market.Accounts.DepositMemo.Create"/>), which counts only where the account has none.</param>
public sealed record CreateDepositMemo(string AccountId, string Memo) : LedgerOperation;

/// <summary>The account's memo.</summary>
/// <param name="Memo">The one that it has from now on, or had.</param>
public sealed record DepositMemoGiven(string Memo) : LedgerResult;
