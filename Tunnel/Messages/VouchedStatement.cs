using System.Text.Json.Serialization;

namespace CocoonOrleans.Tunnel.Messages;

/// <summary>A worker's statement of the epoch (docs/protocol.md, section 2), with what vouches for it. Both are opaque to the tunnel.</summary>
/// <param name="Statement">Its bytes, at most <see cref="MaxStatementBytes"/>.</param>
/// <param name="Voucher">
/// What stands behind it, in the form of the tier that it claims: in tier <c>open</c> the signature by its own receipt key, in the others a quote. At most <see
/// cref="MaxVoucherBytes"/>.
/// </param>
/// <param name="Collateral">What a quote is judged by, in JSON, for a gateway that can't fetch it; null where none is handed over. At most <see cref="MaxCollateralBytes"/>.</param>
/// <param name="EventLog">What the machine measured, event by event, a CCEL table; null where none is handed over. At most <see cref="MaxEventLogBytes"/>.</param>
public sealed record VouchedStatement(
    byte[] Statement,
    byte[] Voucher,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? Collateral = null, // the generated writer makes "" of null
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? EventLog = null)
{
    /// <summary>Most bytes of a statement.</summary>
    public const int MaxStatementBytes = 4096;

    /// <summary>Most bytes of what vouches for it.</summary>
    public const int MaxVoucherBytes = 64 << 10;

    /// <summary>Most bytes of the collateral.</summary>
    public const int MaxCollateralBytes = 256 << 10;

    /// <summary>Most bytes of the event log.</summary>
    public const int MaxEventLogBytes = 128 << 10;

    /// <summary>Most bytes of it as JSON.</summary>
    public const int MaxBytes = 640 << 10;

    internal void Validate()
    {
        FieldCheck.That(Statement.Length is >= 1 and <= MaxStatementBytes, "statement", $"must have 1 to {MaxStatementBytes} bytes");
        FieldCheck.That(Voucher.Length is >= 1 and <= MaxVoucherBytes, "voucher", $"must have 1 to {MaxVoucherBytes} bytes");
        FieldCheck.That(Collateral is null or { Length: >= 1 and <= MaxCollateralBytes }, "collateral", $"must have 1 to {MaxCollateralBytes} bytes, or be absent");
        FieldCheck.That(EventLog is null or { Length: >= 1 and <= MaxEventLogBytes }, "eventLog", $"must have 1 to {MaxEventLogBytes} bytes, or be absent");
    }
}
