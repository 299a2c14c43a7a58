namespace CocoonOrleans.Ledger.Providers;

/// <summary>
/// What a provider ordered, as of one moment. An order that had not begun to hold when the next one was stored is void: so the owner of a key that somebody else
/// has too can take back what that one ordered.
/// </summary>
/// <param name="Standing">The order that holds; null where none does yet.</param>
/// <param name="Last">The last one that was stored; null where there is none. Where it isn't the one that holds, it will.</param>
public sealed record PayoutOrders(PayoutOrder? Standing, PayoutOrder? Last);
