using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Solvency;

namespace CocoonOrleans.Grains.Solvency;

/// <summary>What a proof of solvency needs of the chain, and of the key of the wallet that has the coins: who can sign with it can also move them.</summary>
public interface ISolvencyChain
{
    /// <summary>The network (config parameter 19).</summary>
    int Network { get; }

    /// <summary>The wallet's public key.</summary>
    PublicKey Key { get; }

    /// <summary>The wallet's number among those of its key.</summary>
    int Subwallet { get; }

    /// <summary>What the chain says of accounts, all as of one masterchain block, and said alike by two owners where two are configured.</summary>
    /// <param name="addresses">In raw form.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChainUnavailableException">There is no answer that can be used.</exception>
    Task<SolvencyReading> ReadAsync(IReadOnlyList<string> addresses, CancellationToken cancellationToken);

    /// <summary>Signs a statement.</summary>
    Signature Sign(SolvencyStatement statement);
}

/// <summary>Accounts as of one masterchain block.</summary>
/// <param name="Seqno">The block.</param>
/// <param name="Time">The chain's clock, Unix time in seconds.</param>
/// <param name="Accounts">What they are, in the order in which they were asked for.</param>
public sealed record SolvencyReading(uint Seqno, uint Time, IReadOnlyList<ReadAccount> Accounts);

/// <summary>An account.</summary>
/// <param name="LastLt">Logical time of its last transaction; 0 where it has none.</param>
/// <param name="Balance">In nano.</param>
/// <param name="CodeHash">Hash of its code, 32 bytes; null where there is none.</param>
/// <param name="Data">Its data, a bag of cells; null where there is none.</param>
public sealed record ReadAccount(long LastLt, Nano Balance, byte[]? CodeHash, byte[]? Data);
