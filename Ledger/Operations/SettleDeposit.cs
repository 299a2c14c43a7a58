using CocoonOrleans.Ledger.Deposits;

namespace CocoonOrleans.Ledger.Operations;

/// <summary>
/// The operator gives a deposit in suspense to an account; to <see cref="Accounts.WellKnownAccounts.Treasury"/> where it is the operator's own.
/// Results: <see cref="DepositSettled"/>, <see cref="DepositRefused"/>, <see cref="AccountRefused"/>, <see cref="OperationInvalid"/>.
/// </summary>
/// <param name="Sequence">The deposit.</param>
/// <param name="AccountId">Who gets it.</param>
public sealed record AssignDeposit(long Sequence, string AccountId) : LedgerOperation;

/// <summary>
/// Sends a deposit in suspense back, whole, to an address that the client gave: an intent of the wallet that has it. Results: <see cref="DepositSettled"/>,
/// <see cref="DepositRefused"/>, <see cref="OperationInvalid"/>.
/// </summary>
/// <param name="Sequence">The deposit.</param>
/// <param name="Destination">The address, in raw form. Never one that was taken from the deposit: that may be an exchange's.</param>
/// <param name="Body">The message's body, a bag of cells.</param>
public sealed record RefundDeposit(long Sequence, string Destination, ReadOnlyMemory<byte> Body) : LedgerOperation
{
    /// <summary>The intent that carries it: one for each deposit.</summary>
    public static Guid IntentIdOf(long sequence) => Sql.ChainEvents.IdOf("refund", "deposit", sequence);
}

/// <summary>The deposit is settled; or was, by the first of several equal operations.</summary>
/// <param name="Deposit">As it stands.</param>
/// <param name="Repeated">Whether an earlier operation settled it.</param>
public sealed record DepositSettled(Deposit Deposit, bool Repeated) : LedgerResult;

/// <summary>The deposit can't be settled so.</summary>
/// <param name="Deposit">As it stands, settled otherwise before; null where there is none.</param>
public sealed record DepositRefused(Deposit? Deposit) : LedgerResult;
