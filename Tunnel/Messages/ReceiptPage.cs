namespace CocoonOrleans.Tunnel.Messages;

/// <summary>Receipts that wait for an acknowledgement, oldest first.</summary>
/// <param name="Receipts">At most <see cref="MaxReceipts"/>.</param>
public sealed record ReceiptPage(IReadOnlyList<KeptReceipt> Receipts)
{
    /// <summary>Most receipts in one page; acknowledged ones make room for the next.</summary>
    public const int MaxReceipts = 100;
}
