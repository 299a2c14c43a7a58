using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;

namespace CocoonOrleans.Tests.Cluster.Channels;

/// <summary>A FAKE at the chain's edge: a silo that has a wallet's key, and whose endpoints are all away.</summary>
internal sealed class UnreachableWalletChain(string wallet) : IWalletChain
{
    public IReadOnlyList<string> Wallets => [wallet];

    public int Network => TonNetwork.Development;

    public Task<WalletAccount> ReadAsync(string wallet, Nano atStake, CancellationToken cancellationToken) => throw Away();

    public Task<IReadOnlyList<WalletTransaction>> ReadHistoryAsync(string wallet, WalletAccount upTo, WalletCursor after, CancellationToken cancellationToken) => throw Away();

    public WalletSend Sign(string wallet, long seqno, int attempt, long validUntil, IReadOnlyList<Intent> intents) => throw Away();

    public Task SendAsync(WalletSend send, CancellationToken cancellationToken) => throw Away();

    public Task<MessageOutcome?> FindOutcomeAsync(Intent intent, CancellationToken cancellationToken) => throw Away();

    private static ChainUnavailableException Away() => new("all endpoints are away in this test");
}
