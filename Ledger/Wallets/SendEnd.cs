namespace CocoonOrleans.Ledger.Wallets;

/// <summary>Why signed bytes will never run.</summary>
public enum SendEnd
{
    /// <summary>The chain's clock is past them, and the wallet's counter is still theirs.</summary>
    Expired,

    /// <summary>The wallet's counter went on, and its whole history has no such bytes: somebody else has its key.</summary>
    Foreign,
}
