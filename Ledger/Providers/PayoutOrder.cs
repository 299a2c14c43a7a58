using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Providers;

/// <summary>Where a provider wants to be paid, as it signed it.</summary>
/// <param name="AccountId">The provider.</param>
/// <param name="Number">When it signed, Unix time in milliseconds; rises with each order.</param>
/// <param name="Address">Where, in raw form.</param>
/// <param name="Threshold">From how much on, in nano.</param>
/// <param name="ByTransfer">Whether by plain transfers, and not by channel.</param>
/// <param name="HoldsFrom">When it begins to count.</param>
/// <param name="Bytes">The signed request.</param>
/// <param name="At">When it was stored.</param>
public sealed record PayoutOrder(
    string AccountId, long Number, string Address, Nano Threshold, bool ByTransfer, DateTimeOffset HoldsFrom, ReadOnlyMemory<byte> Bytes, DateTimeOffset At);
