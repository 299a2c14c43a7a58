namespace CocoonOrleans.Ledger.Operations;

/// <summary>Bounds on what the ledger stores.</summary>
public static class LedgerLimits
{
    /// <summary>The most characters of a label, reason, model or worker id.</summary>
    public const int MaxTextLength = 256;

    /// <summary>The most operations in one call of <see cref="ILedger.ExecuteAsync"/>.</summary>
    public const int MaxOperationsPerCall = 1024;

    /// <summary>The most rows one read returns.</summary>
    public const int MaxPageSize = 1000;

    /// <summary>The most tokens of one class in one job.</summary>
    public const long MaxTokens = 1_000_000_000;

    /// <summary>Basis points of a whole; a commission is at most this.</summary>
    public const int BasisPoints = 10_000;

    /// <summary>The most bytes of a message's body, and of what is deployed with it.</summary>
    public const int MaxMessageLength = 8192;

    /// <summary>The most that a voucher may promise, in nano: more than all coins there are, and far enough from 2^63 that no sum overflows.</summary>
    public const long MaxPromise = 6_000_000_000_000_000_000;

    /// <summary>The most bytes of a client's signed voucher.</summary>
    public const int MaxVoucherLength = 256;

    /// <summary>The bytes of a SHA-256.</summary>
    public const int HashLength = 32;
}
