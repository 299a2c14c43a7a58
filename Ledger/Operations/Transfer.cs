using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Operations;

/// <summary>
/// Moves money from a payer (client, grants, or the treasury where the ledger allows it) to an open account. A grant is a transfer from
/// <see cref="Accounts.WellKnownAccounts.Grants"/>; funding is one from <see cref="Accounts.WellKnownAccounts.Treasury"/>.
/// Results: <see cref="Transferred"/>, <see cref="InsufficientBalance"/>, <see cref="AccountRefused"/>,
/// <see cref="IdReused"/> (same id, other accounts, amount or reason), <see cref="OperationInvalid"/>.
/// </summary>
/// <param name="TransactionId">The id under which the transfer may be repeated.</param>
/// <param name="From">Who pays.</param>
/// <param name="To">Who receives; another account.</param>
/// <param name="Amount">In nano; above zero.</param>
/// <param name="Reason">A short label, such as <c>development grant</c>.</param>
public sealed record Transfer(Guid TransactionId, string From, string To, Nano Amount, string Reason) : LedgerOperation;

/// <summary>The money is moved; or was, by the first of several equal transfers.</summary>
/// <param name="Repeated">Whether an earlier operation moved it.</param>
public sealed record Transferred(bool Repeated) : LedgerResult;
