namespace CocoonOrleans.Tunnel.Messages;

/// <summary>A worker's fresh statement, with what vouches for it and the proof of each nonce. All are opaque to the tunnel.</summary>
/// <param name="Statement">Its bytes, at most <see cref="VouchedStatement.MaxStatementBytes"/>.</param>
/// <param name="Voucher">What stands behind it, as beside the statement of the epoch, at most <see cref="VouchedStatement.MaxVoucherBytes"/>.</param>
/// <param name="Proofs">For each nonce of the request, in its order, that it is under the statement's root; at most <see cref="MaxProofBytes"/> each.</param>
public sealed record FreshStatement(byte[] Statement, byte[] Voucher, IReadOnlyList<byte[]> Proofs)
{
    /// <summary>Most bytes of a proof.</summary>
    public const int MaxProofBytes = 512;

    /// <summary>Most bytes of it as JSON.</summary>
    public const int MaxBytes = 320 << 10;

    internal void Validate(int nonces)
    {
        FieldCheck.That(Statement.Length is >= 1 and <= VouchedStatement.MaxStatementBytes, "statement", $"must have 1 to {VouchedStatement.MaxStatementBytes} bytes");
        FieldCheck.That(Voucher.Length is >= 1 and <= VouchedStatement.MaxVoucherBytes, "voucher", $"must have 1 to {VouchedStatement.MaxVoucherBytes} bytes");
        FieldCheck.That(Proofs.Count == nonces && Proofs.All(static proof => proof is { Length: >= 1 and <= MaxProofBytes }), "proofs", $"must be one for each nonce, of 1 to {MaxProofBytes} bytes");
    }
}
