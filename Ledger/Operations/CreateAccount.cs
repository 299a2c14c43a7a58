using CocoonOrleans.Ledger.Accounts;

namespace CocoonOrleans.Ledger.Operations;

/// <summary>
/// Opens an account of a client or a provider. Results: <see cref="AccountCreated"/>, <see cref="IdReused"/> (the id belongs to an account of another
/// class), <see cref="OperationInvalid"/>.
/// </summary>
/// <param name="AccountId">Its id (<see cref="Market.Accounts.AccountId"/>).</param>
/// <param name="Class"><see cref="AccountClass.Client"/> or <see cref="AccountClass.Provider"/>.</param>
/// <param name="Label">A name for people; may be empty. A repeat keeps the first.</param>
public sealed record CreateAccount(string AccountId, AccountClass Class, string Label) : LedgerOperation;

/// <summary>The account exists.</summary>
/// <param name="Account">The account as it stands.</param>
/// <param name="Repeated">Whether it existed before.</param>
public sealed record AccountCreated(Account Account, bool Repeated) : LedgerResult;
