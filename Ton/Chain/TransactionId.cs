using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Chain;

/// <summary>Names a transaction of an account.</summary>
/// <param name="Lt">Logical time.</param>
/// <param name="Hash">Hash of its cell.</param>
public readonly record struct TransactionId(ulong Lt, Bits256 Hash);
