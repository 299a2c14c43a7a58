using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Wallets;

/// <summary>What a wallet is, as of one masterchain block.</summary>
/// <param name="Seqno">Its counter: that of the next message it takes; 0 before it is deployed.</param>
/// <param name="Balance">In nano.</param>
/// <param name="Time">The chain's clock, Unix time in seconds.</param>
/// <param name="LastLt">Logical time of its newest transaction; 0 where it has none.</param>
/// <param name="LastHash">That one's hash, 32 bytes.</param>
public sealed record WalletAccount(long Seqno, Nano Balance, long Time, long LastLt, ReadOnlyMemory<byte> LastHash);
