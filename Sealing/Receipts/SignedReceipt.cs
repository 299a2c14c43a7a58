using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Sealing.Receipts;

/// <summary>
/// A usage receipt as it travels: in the sealed answer's last record, and beside it for the gateway. Request id, response nonce and statement hash are its
/// identity, never a hash over the signature: anybody can compute another valid signature from one.
/// </summary>
/// <param name="Receipt">The bytes of a <see cref="UsageReceipt"/>.</param>
/// <param name="Signature">ES256 by the statement's receipt key; 64 bytes.</param>
public sealed record SignedReceipt(ReadOnlyMemory<byte> Receipt, ReadOnlyMemory<byte> Signature)
{
    private static ReadOnlySpan<byte> Label => "cocoon/receipt/v1\0"u8;

    /// <summary>Signs a receipt.</summary>
    /// <exception cref="ArgumentException">A field is out of its range.</exception>
    public static SignedReceipt Sign(UsageReceipt receipt, ReceiptKey key)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        ArgumentNullException.ThrowIfNull(key);
        var bytes = receipt.Encode();
        if (!UsageReceipt.TryDecode(bytes, out _))
        {
            throw new ArgumentException("A field of the receipt is out of its range.", nameof(receipt));
        }

        return new SignedReceipt(bytes, key.Sign([.. Label, .. bytes]));
    }

    /// <summary>Checks form, signature and whose it is. What else it must agree with, the caller compares.</summary>
    /// <param name="statement">The statement of the worker that must have signed it.</param>
    /// <param name="receipt">What it says, where nothing is wrong.</param>
    public ReceiptFault Check(BoundStatement statement, out UsageReceipt? receipt)
    {
        ArgumentNullException.ThrowIfNull(statement);
        if (!UsageReceipt.TryDecode(Receipt, out receipt))
        {
            return ReceiptFault.Malformed;
        }

        var fault = !ReceiptKey.Verify(statement.Statement.ReceiptKey.Span, [.. Label, .. Receipt.Span], Signature.Span) ? ReceiptFault.BadSignature
            : receipt.StatementHash != statement.Hash || receipt.NetworkId != statement.Statement.NetworkId ? ReceiptFault.OtherAnswer
            : ReceiptFault.None;
        receipt = fault == ReceiptFault.None ? receipt : null;
        return fault;
    }
}
