using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Wallets;

/// <summary>How far a wallet's history on the chain is in the books.</summary>
/// <param name="Lt">Logical time of its last transaction that is; 0 where it has none.</param>
/// <param name="Hash">That one's hash, 32 bytes.</param>
/// <param name="Balance">What lay in the wallet after it, in nano.</param>
public sealed record WalletCursor(long Lt, ReadOnlyMemory<byte> Hash, Nano Balance);
