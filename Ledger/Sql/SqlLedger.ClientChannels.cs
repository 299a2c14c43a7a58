using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Sql;

public abstract partial class SqlLedger
{
    private const int MaxChannelsOfAccount = 100;

    /// <inheritdoc/>
    public Task<ClientChannel?> OpenClientChannelAsync(ClientChannel channel, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return WriteAsync(session => session.ClientChannels.Open(channel, limit, _clock.GetUtcNow()), weight: 1, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ClientChannel?> FindClientChannelAsync(string channel, CancellationToken cancellationToken) =>
        (await ListAsync(ClientChannelRows.Select + " WHERE k.channel = $channel", ClientChannelRows.Channel, cancellationToken, ("$channel", channel))).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ClientChannel>> ListClientChannelsAsync(string accountId, CancellationToken cancellationToken) => await ListAsync(
        ClientChannelRows.Select + " WHERE k.account_id = $account ORDER BY k.created_at DESC, k.channel LIMIT $limit",
        ClientChannelRows.Channel,
        cancellationToken,
        ("$account", accountId),
        ("$limit", (long)MaxChannelsOfAccount));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ClientChannel>> ListClientChannelsAsync(CancellationToken cancellationToken) =>
        await ListAsync(ClientChannelRows.Select + " WHERE k.phase <> 'closed' ORDER BY k.channel", ClientChannelRows.Channel, cancellationToken);

    /// <inheritdoc/>
    public async Task<ClientVoucher?> FindCoveringVoucherAsync(string channel, Nano amount, CancellationToken cancellationToken) =>
        (await ListAsync(
            "SELECT serial, cumulative, bytes FROM client_vouchers WHERE channel = $channel AND cumulative >= $amount ORDER BY cumulative, serial LIMIT 1",
            row => new ClientVoucher(row.GetInt64(0), row.Nano(1), row.Bytes(2)),
            cancellationToken,
            ("$channel", channel),
            ("$amount", amount.Value))).SingleOrDefault();

    /// <inheritdoc/>
    public Task<bool> TryApplyClientAsync(string channel, ChannelSnapshot state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);
        return WriteAsync(session => session.ClientChannels.TryApply(channel, state, _clock.GetUtcNow()), weight: 1, cancellationToken);
    }
}
