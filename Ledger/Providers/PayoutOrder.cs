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
    string AccountId, long Number, string Address, Nano Threshold, bool ByTransfer, DateTimeOffset HoldsFrom, ReadOnlyMemory<byte> Bytes, DateTimeOffset At)
{
    /// <summary>
    /// The order that counts at a time. One that had not begun to count when the next was stored is void: so the owner of a key that somebody else has too can
    /// take back what that one ordered.
    /// </summary>
    /// <param name="orders">All of a provider, in their order.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null where none counts yet.</returns>
    public static PayoutOrder? Standing(IReadOnlyList<PayoutOrder> orders, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(orders);
        for (int i = orders.Count - 1; i >= 0; i--)
        {
            DateTimeOffset end = i + 1 < orders.Count ? orders[i + 1].At : DateTimeOffset.MaxValue;
            if (orders[i].HoldsFrom <= now && orders[i].HoldsFrom <= end)
            {
                return orders[i];
            }
        }

        return null;
    }
}
