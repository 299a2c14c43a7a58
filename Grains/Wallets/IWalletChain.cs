using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Wallets;

/// <summary>
/// What a wallet's grain asks of the chain and of the wallet's key, which only the silo has. Each call that reaches out may throw
/// <see cref="ChainUnavailableException"/>; after a send that means "unknown".
/// </summary>
public interface IWalletChain
{
    /// <summary>Addresses, in raw form, of the wallets whose keys this silo has.</summary>
    IReadOnlyList<string> Wallets { get; }

    /// <summary>The network (config parameter 19).</summary>
    int Network { get; }

    /// <summary>What a wallet is now.</summary>
    /// <param name="wallet">Its address in raw form; one of <see cref="Wallets"/>.</param>
    /// <param name="atStake">What will be moved on the answer, in nano.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<WalletAccount> ReadAsync(string wallet, Nano atStake, CancellationToken cancellationToken);

    /// <summary>
    /// A wallet's transactions after the last one in the books, up to the newest of what was read, oldest first; without a gap and verified. Where there are many, the oldest of
    /// them, and at least one.
    /// </summary>
    Task<IReadOnlyList<WalletTransaction>> ReadHistoryAsync(string wallet, WalletAccount upTo, WalletCursor after, CancellationToken cancellationToken);

    /// <summary>Signs bytes that tell a wallet to send intents' messages. They are not sent.</summary>
    /// <param name="wallet">Its address in raw form; one of <see cref="Wallets"/>.</param>
    /// <param name="seqno">The wallet's counter.</param>
    /// <param name="attempt">The number of these bytes among those for the counter.</param>
    /// <param name="validUntil">The chain's time from which on they are void, Unix seconds.</param>
    /// <param name="intents">What to send, in order; up to 255, none to deploy the wallet and nothing more.</param>
    WalletSend Sign(string wallet, long seqno, int attempt, long validUntil, IReadOnlyList<Intent> intents);

    /// <summary>Hands signed bytes to every endpoint.</summary>
    Task SendAsync(WalletSend send, CancellationToken cancellationToken);

    /// <summary>What the destination made of a message that has left; null while it isn't there.</summary>
    Task<MessageOutcome?> FindOutcomeAsync(Intent intent, CancellationToken cancellationToken);
}
