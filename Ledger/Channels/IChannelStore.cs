namespace CocoonOrleans.Ledger.Channels;

/// <summary>Channels to providers and their vouchers, in the ledger's database. Every member may throw <see cref="LedgerUnavailableException"/>.</summary>
public interface IChannelStore
{
    /// <summary>Stores a channel before it is funded. A provider has one at a time that isn't closed or stranded.</summary>
    /// <returns>The provider's channel: this one, or the one it has.</returns>
    Task<WorkerChannel> OpenChannelAsync(WorkerChannel channel, CancellationToken cancellationToken);

    /// <summary>Reads a channel; null where there is none.</summary>
    Task<WorkerChannel?> FindChannelAsync(string channel, CancellationToken cancellationToken);

    /// <summary>Channels that are not closed, in order of their addresses.</summary>
    Task<IReadOnlyList<WorkerChannel>> ListChannelsAsync(CancellationToken cancellationToken);

    /// <summary>What a channel's provider is due beyond its last voucher. At most <paramref name="limit"/> captures are counted; the rest comes with the next voucher.</summary>
    Task<ChannelDue> ReadDueAsync(WorkerChannel channel, int limit, CancellationToken cancellationToken);

    /// <summary>The last voucher of a channel; null before the first.</summary>
    Task<StoredVoucher?> FindVoucherAsync(string channel, CancellationToken cancellationToken);

    /// <summary>The last voucher of a provider's channel that isn't closed or stranded; null where there is none.</summary>
    Task<StoredVoucher?> FindProviderVoucherAsync(string accountId, CancellationToken cancellationToken);

    /// <summary>
    /// Stores a voucher, if its serial is the next one, its amount above the last one's, and neither more than the channel holds nor than the provider is due.
    /// </summary>
    /// <returns>False where one of these does not hold. Then the voucher must never leave.</returns>
    Task<bool> TryAddVoucherAsync(StoredVoucher voucher, CancellationToken cancellationToken);

    /// <summary>Counts a channel as closed that nobody funded, where no top-up of it was ever placed.</summary>
    /// <returns>Whether it counts as closed now.</returns>
    Task<bool> TryAbandonAsync(string channel, CancellationToken cancellationToken);

    /// <summary>Counts a channel as one that the operator's keys of now don't pay from: its provider may have another one beside it.</summary>
    /// <returns>False where it counts as that already, or is closed.</returns>
    Task<bool> TryStrandAsync(string channel, CancellationToken cancellationToken);

    /// <summary>Counts a stranded channel as its provider's again, where the provider has no other one that isn't closed or stranded.</summary>
    /// <returns>Whether it counts as that now.</returns>
    Task<bool> TryTakeBackAsync(string channel, CancellationToken cancellationToken);

    /// <summary>
    /// Takes over a voucher that was signed and that this database, restored from a backup, doesn't know: higher than the last one in number and amount. It
    /// counts whatever the books say, since it has left; the check of the books shows where they say less.
    /// </summary>
    /// <returns>False where it isn't higher.</returns>
    Task<bool> TryAdoptVoucherAsync(StoredVoucher voucher, CancellationToken cancellationToken);

    /// <summary>
    /// Takes over a channel with its last voucher that this database, restored from a backup, doesn't know; as its provider's, or as a stranded one where the
    /// provider has another one. In one commit.
    /// </summary>
    /// <returns>False where it is known, or the provider isn't.</returns>
    Task<bool> TryTakeOverAsync(WorkerChannel channel, StoredVoucher last, CancellationToken cancellationToken);

    /// <summary>
    /// Takes what the chain says of a channel into the books: what was claimed since is no longer due. In one commit, and only where it is newer than
    /// what was taken before.
    /// </summary>
    /// <returns>False where it is older, or an amount fell.</returns>
    Task<bool> TryApplyAsync(string channel, ChannelSnapshot state, CancellationToken cancellationToken);
}
