using CocoonOrleans.Market;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;

namespace CocoonOrleans.Ton.Chain;

/// <summary>What an account is, as of a masterchain block.</summary>
/// <param name="Status">Whether there is code. An account that never was is uninitialized to toncenter.</param>
/// <param name="Balance">In nano.</param>
/// <param name="Code">Its code, while it is active.</param>
/// <param name="Data">Its data, while it is active.</param>
/// <param name="LastTransaction">Its newest transaction; none where there never was one. A lower one than seen before means a lagging endpoint.</param>
/// <param name="Seqno">The masterchain block.</param>
/// <param name="Time">The chain's clock, Unix time in seconds.</param>
public sealed record AccountState(AccountStatus Status, Nano Balance, Cell? Code, Cell? Data, TransactionId? LastTransaction, uint Seqno, uint Time);
