using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Ledger.Operations;

/// <summary>
/// Sets money aside before work starts: <c>held += Amount</c> where <c>balance - held &gt;= Amount</c>, judged in SQL.
/// Results: <see cref="HoldPlaced"/>, <see cref="InsufficientBalance"/>, <see cref="AccountRefused"/>, <see cref="ApiKeyRefused"/>,
/// <see cref="ChannelRefused"/> (where a channel pays: open, and <c>captured + held + Amount &lt;= min(voucher + window, deposited - withdrawn - pending)</c>),
/// <see cref="IdReused"/> (same job id, other account or request hash), <see cref="OperationInvalid"/>.
/// </summary>
public sealed record PlaceHold : LedgerOperation
{
    /// <summary>The job; UUIDv7 or a hash.</summary>
    public required Guid JobId { get; init; }

    /// <summary>The client account that pays.</summary>
    public required string AccountId { get; init; }

    /// <summary>The key that asked, which must be good and of this account; null where the payer has none.</summary>
    public required string? ApiKeyId { get; init; }

    /// <summary>What to set aside, in nano; above zero (<see cref="TokenPrices.Hold"/> at the price cap).</summary>
    public required Nano Amount { get; init; }

    /// <summary>The account's channel that pays, in raw form; null where its balance does.</summary>
    public string? Channel { get; init; }

    /// <summary>The voucher that came with the request, whose signature was checked; stored before the hold is judged, in the same commit. Only with <see cref="Channel"/>.</summary>
    public ClientVoucher? Voucher { get; init; }

    /// <summary>How far holds may go beyond the channel's best voucher, in nano.</summary>
    public Nano CreditWindow { get; init; }

    /// <summary>From when on the sweeper may settle the hold.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>SHA-256 of the request, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> RequestHash { get; init; }

    /// <summary>The model asked for.</summary>
    public required string Model { get; init; }

    /// <summary>Prompt tokens; 0 to <see cref="LedgerLimits.MaxTokens"/>.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>The most tokens that may be generated over all choices; 0 to <see cref="LedgerLimits.MaxTokens"/>.</summary>
    public required long MaxCompletionTokens { get; init; }

    /// <summary>The most the buyer pays.</summary>
    public required TokenPrices PriceCap { get; init; }
}

/// <summary>The money is set aside; or was, by the first of several equal operations.</summary>
/// <param name="Hold">The hold; after a repeat in whatever state it is by now, so look at <see cref="Hold.State"/>.</param>
/// <param name="Repeated">Whether an earlier operation placed it.</param>
/// <param name="Forked">Whether the voucher that came with it is the second, other one of its serial.</param>
public sealed record HoldPlaced(Hold Hold, bool Repeated, bool Forked = false) : LedgerResult;

/// <summary>The key can't be used for this account.</summary>
/// <param name="KeyId">The key.</param>
/// <param name="Revoked">True where it was revoked, false where the account has no such key.</param>
public sealed record ApiKeyRefused(string KeyId, bool Revoked) : LedgerResult;
