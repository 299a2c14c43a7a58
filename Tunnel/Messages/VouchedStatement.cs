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
/// <param name="Gpus">What the worker's GPUs show, which the statement names by its hash (docs/protocol.md); null where nothing. At most <see cref="MaxGpuBytes"/>.</param>
/// <param name="GpuReferences">NVIDIA's documents by which that is judged; null where none are handed over. At most <see cref="MaxGpuReferenceBytes"/>.</param>
public sealed record VouchedStatement(
    byte[] Statement,
    byte[] Voucher,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? Collateral = null, // the generated writer makes "" of null
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? EventLog = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? Gpus = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? GpuReferences = null)
{
    /// <summary>Most bytes of a statement.</summary>
    public const int MaxStatementBytes = 4096;

    /// <summary>Most bytes of what vouches for it.</summary>
    public const int MaxVoucherBytes = 64 << 10;

    /// <summary>Most bytes of the collateral.</summary>
    public const int MaxCollateralBytes = 256 << 10;

    /// <summary>Most bytes of the event log.</summary>
    public const int MaxEventLogBytes = 128 << 10;

    /// <summary>Most bytes of what GPUs show: sixteen have some 160 KiB.</summary>
    public const int MaxGpuBytes = 256 << 10;

    /// <summary>Most bytes of NVIDIA's documents about them.</summary>
    public const int MaxGpuReferenceBytes = 512 << 10;

    /// <summary>Most bytes of it as JSON.</summary>
    public const int MaxBytes = 1664 << 10;

    internal void Validate()
    {
        FieldCheck.That(Statement.Length is >= 1 and <= MaxStatementBytes, "statement", $"must have 1 to {MaxStatementBytes} bytes");
        FieldCheck.That(Voucher.Length is >= 1 and <= MaxVoucherBytes, "voucher", $"must have 1 to {MaxVoucherBytes} bytes");
        FieldCheck.That(Collateral is null or { Length: >= 1 and <= MaxCollateralBytes }, "collateral", $"must have 1 to {MaxCollateralBytes} bytes, or be absent");
        FieldCheck.That(EventLog is null or { Length: >= 1 and <= MaxEventLogBytes }, "eventLog", $"must have 1 to {MaxEventLogBytes} bytes, or be absent");
        FieldCheck.That(Gpus is null or { Length: >= 1 and <= MaxGpuBytes }, "gpus", $"must have 1 to {MaxGpuBytes} bytes, or be absent");
        FieldCheck.That(GpuReferences is null or { Length: >= 1 and <= MaxGpuReferenceBytes }, "gpuReferences", $"must have 1 to {MaxGpuReferenceBytes} bytes, or be absent");
    }
}
