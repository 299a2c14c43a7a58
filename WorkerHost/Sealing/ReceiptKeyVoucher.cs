using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.WorkerHost.Sealing;

/// <summary>Vouches without a TEE: the receipt key signs, which proves only that whoever speaks has it. The provider can read the prompt.</summary>
/// <param name="key">The key that stands in the statements.</param>
internal sealed class ReceiptKeyVoucher(ReceiptKey key) : IStatementVoucher
{
    public TrustTier Tier => TrustTier.Open;

    public ValueTask<ReadOnlyMemory<byte>> VouchAsync(BoundStatement statement, CancellationToken cancellationToken) => ValueTask.FromResult<ReadOnlyMemory<byte>>(key.Sign(statement));
}
