namespace CocoonOrleans.Tunnel.Messages;

/// <summary>A worker's statement of the epoch (docs/protocol.md, section 2), with what vouches for it. Both are opaque to the tunnel.</summary>
/// <param name="Statement">Its bytes, at most <see cref="MaxStatementBytes"/>.</param>
/// <param name="Voucher">
/// What stands behind it, in the form of the tier that it claims: in tier <c>open</c> the signature by its own receipt key, in the others a quote. At most <see
/// cref="MaxVoucherBytes"/>.
/// </param>
public sealed record VouchedStatement(byte[] Statement, byte[] Voucher)
{
    /// <summary>Most bytes of a statement.</summary>
    public const int MaxStatementBytes = 4096;

    /// <summary>Most bytes of what vouches for it.</summary>
    public const int MaxVoucherBytes = 64 << 10;

    /// <summary>Most bytes of it as JSON.</summary>
    public const int MaxBytes = 100 << 10;

    internal void Validate()
    {
        FieldCheck.That(Statement.Length is >= 1 and <= MaxStatementBytes, "statement", $"must have 1 to {MaxStatementBytes} bytes");
        FieldCheck.That(Voucher.Length is >= 1 and <= MaxVoucherBytes, "voucher", $"must have 1 to {MaxVoucherBytes} bytes");
    }
}
