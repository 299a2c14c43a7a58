using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Channels;

/// <summary>Channels from clients to the operator: on what terms they may be opened, and which there are. Key 0; the truth is the ledger.</summary>
[Alias("cocoon.ChannelDesk"), Version(1)]
public interface IChannelDeskGrain : IGrainWithIntegerKey
{
    /// <summary>The operator's side of a channel; null where clients can't pay so.</summary>
    [Alias("GetOffer")]
    Task<ClientChannelOffer?> GetOfferAsync(CancellationToken cancellationToken = default);

    /// <summary>Stores a channel before it is funded. Repeating it returns the channel as it stands.</summary>
    /// <returns>Null where the terms aren't within the offer, or the account may have no more.</returns>
    [Alias("Open")]
    Task<ClientChannelView?> OpenAsync(ClientChannelOpening opening, CancellationToken cancellationToken = default);

    /// <summary>An account's channels, the newest first, at most 100.</summary>
    [Alias("List")]
    Task<IReadOnlyList<ClientChannelView>> ListAsync(string accountId, CancellationToken cancellationToken = default);

    /// <summary>A channel of an account; null where it has none at this address.</summary>
    [Alias("Find")]
    Task<ClientChannelView?> FindAsync(string accountId, string channel, CancellationToken cancellationToken = default);
}
