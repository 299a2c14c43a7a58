namespace CocoonOrleans.Client.Workers;

/// <summary>What came beside a worker's statement.</summary>
/// <param name="Voucher">A signature in tier open, else a quote.</param>
/// <param name="EventLog">The event log beside a quote; null where none came.</param>
internal sealed record StatementVoucher(ReadOnlyMemory<byte> Voucher, ReadOnlyMemory<byte>? EventLog);
