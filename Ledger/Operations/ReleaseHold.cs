using CocoonOrleans.Ledger.Holds;

namespace CocoonOrleans.Ledger.Operations;

/// <summary>
/// Gives a hold back in full. Results: <see cref="HoldReleased"/>, <see cref="AlreadyCaptured"/>, <see cref="UnknownJob"/>, <see cref="OperationInvalid"/>.
/// </summary>
/// <param name="JobId">The job.</param>
/// <param name="Reason">A short label such as <c>expired</c> or <c>no_capacity</c>.</param>
public sealed record ReleaseHold(Guid JobId, string Reason) : LedgerOperation;

/// <summary>The money is free again; or was, by the first of several releases.</summary>
/// <param name="Hold">The hold with <see cref="Hold.Release"/> set.</param>
/// <param name="Repeated">Whether an earlier operation released it.</param>
public sealed record HoldReleased(Hold Hold, bool Repeated) : LedgerResult;

/// <summary>The job was charged before; nothing was given back.</summary>
/// <param name="Hold">The hold with <see cref="Hold.Capture"/> set.</param>
public sealed record AlreadyCaptured(Hold Hold) : LedgerResult;
