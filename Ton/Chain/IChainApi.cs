using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;

namespace CocoonOrleans.Ton.Chain;

/// <summary>
/// What we ask of a chain. One endpoint may lie or lag: an answer is whole (hashes are checked), but not yet true. Each call throws a
/// <see cref="ChainException"/> when there is no answer, or none that can be used.
/// </summary>
public interface IChainApi
{
    /// <summary>Number of the newest masterchain block that the endpoint knows.</summary>
    Task<uint> GetMasterchainSeqnoAsync(CancellationToken cancellation);

    /// <summary>What an account is.</summary>
    /// <param name="address">The account.</param>
    /// <param name="seqno">As of this masterchain block; the newest one when none is given.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task<AccountState> GetAccountAsync(TonAddress address, uint? seqno, CancellationToken cancellation);

    /// <summary>Transactions of an account, newest first, each checked to be the one before the next.</summary>
    /// <param name="address">The account.</param>
    /// <param name="from">The newest one wanted; the account's newest one when none is given.</param>
    /// <param name="limit">1 to 100.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task<IReadOnlyList<Transaction>> GetTransactionsAsync(TonAddress address, TransactionId? from, int limit, CancellationToken cancellation);

    /// <summary>Runs a get method that takes nothing.</summary>
    /// <param name="address">The contract.</param>
    /// <param name="method">The method's name.</param>
    /// <param name="seqno">As of this masterchain block; the newest one when none is given.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task<GetMethodResult> RunGetMethodAsync(TonAddress address, string method, uint? seqno, CancellationToken cancellation);

    /// <summary>Hands an external message in. That it was taken says nothing about whether it will run.</summary>
    /// <param name="message">The whole message (<see cref="ExternalMessage.ToCell"/>); the same cell is the same bytes, however often it is sent.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task SendAsync(Cell message, CancellationToken cancellation);

    /// <summary>A parameter of the chain's configuration.</summary>
    Task<Cell> GetConfigParamAsync(int number, CancellationToken cancellation);
}
