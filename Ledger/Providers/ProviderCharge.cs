using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Providers;

/// <summary>What a provider was paid on the chain, by its channel or by a transfer.</summary>
/// <param name="At">When it was booked.</param>
/// <param name="Amount">In nano.</param>
/// <param name="Transaction">Where it stands on the chain; null while a transfer has not left, and where it was not kept.</param>
public sealed record ProviderCharge(DateTimeOffset At, Nano Amount, ChainTransaction? Transaction);

/// <summary>A transaction of the chain.</summary>
/// <param name="Account">The account that it is one of, in raw form: the wallet that paid, or the channel.</param>
/// <param name="Lt">Of a transfer, the message's logical time, by which its receiver finds it; of a channel, its newest transaction's in the state that showed the payment.</param>
/// <param name="Hash">The transaction's hash, 32 bytes, hexadecimal.</param>
public sealed record ChainTransaction(string Account, long Lt, string Hash);
