namespace CocoonOrleans.Ledger.Invariants;

/// <summary>A broken rule of the book. There must never be one: raise an alarm, stop paying out.</summary>
/// <param name="Invariant">The rule's name.</param>
/// <param name="Subject">The account, job or transaction that breaks it; ids and amounts only.</param>
public sealed record InvariantViolation(string Invariant, string Subject);
