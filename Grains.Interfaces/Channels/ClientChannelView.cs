using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Channels;

/// <summary>A channel from a client to the operator, as its client is shown it.</summary>
/// <param name="Channel">Its address in raw form.</param>
/// <param name="PayerAddress">The client's wallet, in raw form.</param>
/// <param name="PayerKey">The client's voucher key, 32 bytes.</param>
/// <param name="PayeeAddress">The operator's wallet, in raw form.</param>
/// <param name="PayeeKey">The operator's key for closes, 32 bytes.</param>
/// <param name="CloseDelay">In seconds.</param>
/// <param name="Salt">Makes the address fresh.</param>
/// <param name="Phase"><c>unfunded</c>, <c>open</c>, <c>closing</c> or <c>closed</c>, as the chain said last.</param>
/// <param name="Deposited">In nano, as the chain said last; so are the next three.</param>
/// <param name="Claimed">What the operator got.</param>
/// <param name="Withdrawn">What the client took back.</param>
/// <param name="PendingWithdraw">What the client asked to take back.</param>
/// <param name="UnlockTime">Unix time from which on the client may go on; 0 where nothing waits.</param>
/// <param name="Captured">What its jobs were charged, in nano.</param>
/// <param name="Held">What is held for jobs that run, in nano.</param>
/// <param name="Voucher">The best voucher that the operator has, which proves itself; null before the first.</param>
/// <param name="Forks">In how many serials there are two different vouchers.</param>
[GenerateSerializer, Alias("cocoon.ClientChannelView")]
public sealed record ClientChannelView(
    [property: Id(0)] string Channel,
    [property: Id(1)] string PayerAddress,
    [property: Id(2)] byte[] PayerKey,
    [property: Id(3)] string PayeeAddress,
    [property: Id(4)] byte[] PayeeKey,
    [property: Id(5)] long CloseDelay,
    [property: Id(6)] ulong Salt,
    [property: Id(7)] string Phase,
    [property: Id(8)] Nano Deposited,
    [property: Id(9)] Nano Claimed,
    [property: Id(10)] Nano Withdrawn,
    [property: Id(11)] Nano PendingWithdraw,
    [property: Id(12)] long UnlockTime,
    [property: Id(13)] Nano Captured,
    [property: Id(14)] Nano Held,
    [property: Id(15)] byte[]? Voucher,
    [property: Id(16)] int Forks);
