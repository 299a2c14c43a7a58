using System.Buffers.Binary;
using System.Security.Cryptography;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Operations;

/// <summary>
/// Tells a wallet to send a message, once, and books what belongs to that in the same commit: a payout moves from the provider to what is in flight.
/// Results: <see cref="IntentPlaced"/>, <see cref="IdReused"/> (same id, another message), <see cref="InsufficientBalance"/> and
/// <see cref="AccountRefused"/> (a payout's provider), <see cref="OperationInvalid"/>.
/// </summary>
public sealed record PlaceIntent : LedgerOperation
{
    /// <summary>The id under which it may be repeated.</summary>
    public required Guid IntentId { get; init; }

    /// <summary>The wallet that sends, in raw form (<c>0:</c> and 64 hexadecimal digits).</summary>
    public required string Wallet { get; init; }

    /// <summary>Where to, in raw form.</summary>
    public required string Destination { get; init; }

    /// <summary>What the message carries, in nano; above zero.</summary>
    public required Nano Value { get; init; }

    /// <summary>What of it is the payout or the deposit, in nano: all of a payout, nothing of a channel call.</summary>
    public required Nano Amount { get; init; }

    /// <summary>The message's body, a bag of cells with <see cref="QueryIdOf"/> in it; at most <see cref="LedgerLimits.MaxMessageLength"/> bytes.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Code and data to deploy with it, a bag of cells; null where there is nothing to deploy.</summary>
    public ReadOnlyMemory<byte>? Init { get; init; }

    /// <summary>Why.</summary>
    public required IntentPurpose Purpose { get; init; }

    /// <summary>The provider that a payout is for; null for others.</summary>
    public string? AccountId { get; init; }

    /// <summary>The number that an intent's message carries, so that it is found on the chain and no two messages are equal; above zero.</summary>
    public static long QueryIdOf(Guid intentId)
    {
        Span<byte> id = stackalloc byte[16];
        intentId.TryWriteBytes(id, bigEndian: true, out _);
        return (BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData([.. "cocoon-intent-v1"u8, .. id])) & long.MaxValue) | 1;
    }
}

/// <summary>The message will be sent; or was placed by the first of several equal operations.</summary>
/// <param name="Intent">The intent; after a repeat in whatever state it is by now.</param>
/// <param name="Repeated">Whether an earlier operation placed it.</param>
public sealed record IntentPlaced(Intent Intent, bool Repeated) : LedgerResult;
