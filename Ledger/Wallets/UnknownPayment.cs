using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Wallets;

/// <summary>A message that a wallet sent, and that no intent of these books asked for.</summary>
public sealed record UnknownPayment
{
    /// <summary>The wallet, in raw form.</summary>
    public required string Wallet { get; init; }

    /// <summary>Logical time of the message; its name among the wallet's payments.</summary>
    public required long MessageLt { get; init; }

    /// <summary>Logical time of the wallet's transaction that sent it.</summary>
    public required long Lt { get; init; }

    /// <summary>That one's hash, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> Hash { get; init; }

    /// <summary>Where to, in raw form.</summary>
    public required string Destination { get; init; }

    /// <summary>What it carried, in nano.</summary>
    public required Nano Value { get; init; }

    /// <summary>Hash of its body, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> BodyHash { get; init; }

    /// <summary>Its body, a bag of cells; null where that is longer than <see cref="Operations.LedgerLimits.MaxMessageLength"/>.</summary>
    public required ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>The number in its body by which an intent is known; null where there is none.</summary>
    public required long? QueryId { get; init; }

    /// <summary>What of it came back, in nano, since its destination refused it.</summary>
    public Nano Returned { get; init; }

    /// <summary>What is known of it.</summary>
    public UnknownPaymentState State { get; init; }

    /// <summary>Who was paid; null where nobody was, or nobody knows.</summary>
    public string? AccountId { get; init; }
}
