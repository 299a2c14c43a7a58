using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Operations;

/// <summary>The payer has too little.</summary>
/// <param name="Balance">Its balance, in nano.</param>
/// <param name="Held">What open holds have set aside of it, in nano.</param>
/// <param name="Shortfall">What is missing, in nano; above zero.</param>
public sealed record InsufficientBalance(Nano Balance, Nano Held, Nano Shortfall) : LedgerResult;
