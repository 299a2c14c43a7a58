using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Wallets;

/// <summary>A message that a wallet is to send, once, and what became of it.</summary>
public sealed record Intent
{
    /// <summary>Its place among all intents; the order in which they are sent.</summary>
    public required long Sequence { get; init; }

    /// <summary>The id under which placing it may be repeated.</summary>
    public required Guid IntentId { get; init; }

    /// <summary>The number in the message's body by which it is found on the chain; see <see cref="Operations.PlaceIntent.QueryIdOf"/>.</summary>
    public required long QueryId { get; init; }

    /// <summary>The wallet that sends, in raw form (<c>0:</c> and 64 hexadecimal digits).</summary>
    public required string Wallet { get; init; }

    /// <summary>Where to, in raw form.</summary>
    public required string Destination { get; init; }

    /// <summary>What the message carries, in nano.</summary>
    public required Nano Value { get; init; }

    /// <summary>What of the value is the purpose's, in nano: the payout, the deposit; the rest is gas.</summary>
    public required Nano Amount { get; init; }

    /// <summary>The message's body, a bag of cells.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Code and data to deploy with it, a bag of cells; null where there is nothing to deploy.</summary>
    public required ReadOnlyMemory<byte>? Init { get; init; }

    /// <summary>Why.</summary>
    public required IntentPurpose Purpose { get; init; }

    /// <summary>The provider that a payout is for; null for others.</summary>
    public required string? AccountId { get; init; }

    /// <summary>How far it is.</summary>
    public required IntentState State { get; init; }

    /// <summary>How often the wallet ran and left it out, for want of coins.</summary>
    public required int Skips { get; init; }

    /// <summary>The wallet's transaction that sent it: its hash, 32 bytes; null before.</summary>
    public required ReadOnlyMemory<byte>? SentBy { get; init; }

    /// <summary>Logical time of the message; null before it has left.</summary>
    public required long? MessageLt { get; init; }

    /// <summary>What the destination's code said; null where it isn't known or no code ran.</summary>
    public required int? ExitCode { get; init; }

    /// <summary>When it was placed.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was seen delivered or bounced; null before.</summary>
    public required DateTimeOffset? EndedAt { get; init; }
}
