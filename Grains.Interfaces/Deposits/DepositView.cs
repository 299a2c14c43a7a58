using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Deposits;

/// <summary>A deposit and what became of it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Wallet">The operator's wallet, in raw form.</param>
/// <param name="Lt">Logical time of the wallet's transaction.</param>
/// <param name="TransactionHash">Its hash, 32 bytes.</param>
/// <param name="Source">Who sent it, in raw form.</param>
/// <param name="Amount">What arrived, in nano.</param>
/// <param name="Comment">What stood beside it; null where nothing readable did.</param>
/// <param name="AccountId">Whose it is; null where nobody knows.</param>
/// <param name="State"><c>credited</c>, <c>suspense</c>, <c>assigned</c> or <c>refunded</c>.</param>
/// <param name="Reason">Why it was not credited by itself: <c>no_memo</c>, <c>unknown_memo</c>, <c>encrypted_memo</c>, <c>below_least</c>, <c>above_cap</c>, <c>account_closed</c>; null where it was.</param>
/// <param name="CreatedAt">When it was seen.</param>
/// <param name="EndedAt">When it was credited, assigned or sent back; null while it waits.</param>
[GenerateSerializer, Alias("cocoon.DepositView")]
public sealed record DepositView(
    [property: Id(0)] long Id,
    [property: Id(1)] string Wallet,
    [property: Id(2)] long Lt,
    [property: Id(3)] byte[] TransactionHash,
    [property: Id(4)] string Source,
    [property: Id(5)] Nano Amount,
    [property: Id(6)] string? Comment,
    [property: Id(7)] string? AccountId,
    [property: Id(8)] string State,
    [property: Id(9)] string? Reason,
    [property: Id(10)] DateTimeOffset CreatedAt,
    [property: Id(11)] DateTimeOffset? EndedAt);
