using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Wallets;

/// <summary>Whom a wallet may have paid, as the books know them.</summary>
/// <param name="Providers">Every provider, with all that was paid out to it or is on its way, in nano.</param>
/// <param name="Addresses">Addresses at which a provider asked to be paid, now or before, in raw form.</param>
/// <param name="Channels">Channels of ours and of clients, in raw form.</param>
public sealed record KnownPayees(
    IReadOnlyList<(string AccountId, Nano Charged)> Providers, IReadOnlyList<(string Address, string AccountId)> Addresses, IReadOnlySet<string> Channels);
