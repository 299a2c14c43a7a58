using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Deposits;

/// <summary>Coins that somebody sent to the operator's wallet, and what became of them.</summary>
/// <param name="Sequence">Its place among all deposits; the id that people use.</param>
/// <param name="Wallet">The wallet, in raw form.</param>
/// <param name="Lt">Logical time of the wallet's transaction; with the wallet the key under which it counts once.</param>
/// <param name="Hash">That transaction's hash, 32 bytes.</param>
/// <param name="Source">Who sent it, in raw form. It may be an exchange, so nothing is ever returned there unasked.</param>
/// <param name="Amount">What arrived, in nano.</param>
/// <param name="Comment">What was written beside it, at most <see cref="MaxCommentLength"/> characters; null where nothing readable was.</param>
/// <param name="AccountId">Whose it is; null where nobody knows.</param>
/// <param name="State">What became of it.</param>
/// <param name="Reason">Why it was not credited by itself; null where it was.</param>
/// <param name="CreatedAt">When it was seen.</param>
/// <param name="EndedAt">When it was credited, assigned or sent back; null while it waits.</param>
public sealed record Deposit(
    long Sequence, string Wallet, long Lt, ReadOnlyMemory<byte> Hash, string Source, Nano Amount, string? Comment, string? AccountId, DepositState State,
    SuspenseReason? Reason, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt)
{
    /// <summary>The most characters of a comment that are kept.</summary>
    public const int MaxCommentLength = 100;
}
