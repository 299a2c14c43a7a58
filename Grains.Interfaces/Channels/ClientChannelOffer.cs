using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Channels;

/// <summary>The operator's side of channels from clients.</summary>
/// <param name="Network">The network: config parameter 19.</param>
/// <param name="PayeeAddress">Where payments go, in raw form.</param>
/// <param name="PayeeKey">The operator's key for closes, 32 bytes.</param>
/// <param name="CodeHash">Hash of the only code that counts, 32 bytes.</param>
/// <param name="LeastCloseDelay">The shortest close delay, in seconds.</param>
/// <param name="MostCloseDelay">The longest one, in seconds.</param>
/// <param name="CreditWindow">How far the operator works beyond the best voucher, in nano.</param>
[GenerateSerializer, Alias("cocoon.ClientChannelOffer")]
public sealed record ClientChannelOffer(
    [property: Id(0)] int Network,
    [property: Id(1)] string PayeeAddress,
    [property: Id(2)] byte[] PayeeKey,
    [property: Id(3)] byte[] CodeHash,
    [property: Id(4)] long LeastCloseDelay,
    [property: Id(5)] long MostCloseDelay,
    [property: Id(6)] Nano CreditWindow);

/// <summary>The client's side of a channel that it wants to open.</summary>
/// <param name="AccountId">Whose requests it pays.</param>
/// <param name="PayerAddress">The client's wallet, in raw form: it alone may close the channel, and gets what is left.</param>
/// <param name="PayerKey">The client's voucher key, 32 bytes; never a wallet's.</param>
/// <param name="CloseDelay">How long the client waits when it leaves alone, in seconds.</param>
/// <param name="Salt">Fresh and random.</param>
[GenerateSerializer, Alias("cocoon.ClientChannelOpening")]
public sealed record ClientChannelOpening(
    [property: Id(0)] string AccountId,
    [property: Id(1)] string PayerAddress,
    [property: Id(2)] byte[] PayerKey,
    [property: Id(3)] long CloseDelay,
    [property: Id(4)] ulong Salt);
