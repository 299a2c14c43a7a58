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
        return Check(statement.Statement.NetworkId, statement.Hash, statement.Statement.ReceiptKey.Span, out receipt);
    }

    /// <summary>The same for whoever remembers of a statement only what a receipt must agree with.</summary>
    /// <param name="networkId">The statement's network.</param>
    /// <param name="statementHash">Its hash.</param>
    /// <param name="receiptKey">Its receipt key, 65 bytes.</param>
    /// <param name="receipt">What the receipt says, where nothing is wrong.</param>
    public ReceiptFault Check(string networkId, Digest statementHash, ReadOnlySpan<byte> receiptKey, out UsageReceipt? receipt)
    {
        if (!UsageReceipt.TryDecode(Receipt, out receipt))
        {
            return ReceiptFault.Malformed;
        }

        var fault = !ReceiptKey.Verify(receiptKey, [.. Label, .. Receipt.Span], Signature.Span) ? ReceiptFault.BadSignature
            : receipt.StatementHash != statementHash || receipt.NetworkId != networkId ? ReceiptFault.OtherAnswer
            : ReceiptFault.None;
        receipt = fault == ReceiptFault.None ? receipt : null;
        return fault;
    }
}
