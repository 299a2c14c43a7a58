using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Wallets;

/// <summary>One transaction of a wallet, read from its verified bytes.</summary>
public sealed record WalletTransaction
{
    /// <summary>Logical time.</summary>
    public required long Lt { get; init; }

    /// <summary>Logical time of the one before; 0 for the first.</summary>
    public required long PreviousLt { get; init; }

    /// <summary>Its hash, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> Hash { get; init; }

    /// <summary>All that it cost, in nano: gas, storage, and what its messages pay on their way.</summary>
    public required Nano Fees { get; init; }

    /// <summary>Hash of the body that came from outside, 32 bytes; null where something else made it run.</summary>
    public ReadOnlyMemory<byte>? ExternalBody { get; init; }

    /// <summary>What came in, in nano.</summary>
    public Nano Received { get; init; }

    /// <summary>As what it came in.</summary>
    public WalletReceipt Receipt { get; init; }

    /// <summary>All that a channel has paid with it, in nano, as it says; null where it is no channel's payment.</summary>
    public Nano? PaidCumulative { get; init; }

    /// <summary>What was written beside it.</summary>
    public TransferNote Note { get; init; } = TransferNote.Other;

    /// <summary>The text, where <see cref="Note"/> is <see cref="TransferNote.Text"/>.</summary>
    public string? Comment { get; init; }

    /// <summary>Who sent it, in raw form; null from outside.</summary>
    public string? Source { get; init; }

    /// <summary>The query id of the message that came back, where its body says it.</summary>
    public long? BouncedQueryId { get; init; }

    /// <summary>What went out, in order.</summary>
    public required IReadOnlyList<WalletPayment> Payments { get; init; }
}

/// <summary>A message that a wallet sent.</summary>
/// <param name="Destination">Where to, in raw form.</param>
/// <param name="Value">What it carries, in nano.</param>
/// <param name="BodyHash">Hash of its body, 32 bytes.</param>
/// <param name="Body">Its body, a bag of cells; null where that is longer than <see cref="Ledger.Operations.LedgerLimits.MaxMessageLength"/>.</param>
/// <param name="Lt">Its logical time.</param>
public sealed record WalletPayment(string Destination, Nano Value, ReadOnlyMemory<byte> BodyHash, ReadOnlyMemory<byte>? Body, long Lt);
