using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Channels;

/// <summary>
/// Channels from clients and their vouchers, in the ledger's database. Vouchers come in with the holds that they pay for (<see cref="Operations.PlaceHold"/>).
/// Every member may throw <see cref="LedgerUnavailableException"/>.
/// </summary>
public interface IClientChannelStore
{
    /// <summary>Stores a channel before it is funded. Repeating it changes nothing.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="limit">The most channels that an account may have open at a time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The channel as it stands; null where the address is another account's, the account is no open client's, or it has too many.</returns>
    Task<ClientChannel?> OpenClientChannelAsync(ClientChannel channel, int limit, CancellationToken cancellationToken);

    /// <summary>Reads a channel; null where there is none.</summary>
    Task<ClientChannel?> FindClientChannelAsync(string channel, CancellationToken cancellationToken);

    /// <summary>An account's channels, the newest first, at most 100.</summary>
    Task<IReadOnlyList<ClientChannel>> ListClientChannelsAsync(string accountId, CancellationToken cancellationToken);

    /// <summary>Channels of all clients that are not closed, in order of their addresses.</summary>
    Task<IReadOnlyList<ClientChannel>> ListClientChannelsAsync(CancellationToken cancellationToken);

    /// <summary>The lowest stored voucher that covers an amount; null where none does.</summary>
    Task<ClientVoucher?> FindCoveringVoucherAsync(string channel, Nano amount, CancellationToken cancellationToken);

    /// <summary>Takes what the chain says of a channel, where it is newer than what was taken before.</summary>
    /// <returns>False where it is older, or an amount fell.</returns>
    Task<bool> TryApplyClientAsync(string channel, ChannelSnapshot state, CancellationToken cancellationToken);
}
