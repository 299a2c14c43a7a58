using CocoonOrleans.Ledger.Accounts;

namespace CocoonOrleans.Ledger.Operations;

/// <summary>
/// Closes a client's or provider's account: it takes no new hold and no credit by transfer; open holds still settle.
/// Results: <see cref="AccountClosed"/>, <see cref="AccountRefused"/>, <see cref="OperationInvalid"/>.
/// </summary>
/// <param name="AccountId">The account.</param>
public sealed record CloseAccount(string AccountId) : LedgerOperation;

/// <summary>The account is closed.</summary>
/// <param name="Account">The account as it stands, with <see cref="Account.ClosedAt"/> set.</param>
/// <param name="Repeated">Whether it was closed before.</param>
public sealed record AccountClosed(Account Account, bool Repeated) : LedgerResult;
