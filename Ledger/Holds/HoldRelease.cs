namespace CocoonOrleans.Ledger.Holds;

/// <summary>Why and when a hold was given back.</summary>
/// <param name="Reason">A short label such as <c>expired</c> or <c>no_capacity</c>.</param>
/// <param name="At">When it was released.</param>
public sealed record HoldRelease(string Reason, DateTimeOffset At);
