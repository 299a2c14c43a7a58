namespace CocoonOrleans.Client.Workers;

/// <summary>What came beside a worker's statement.</summary>
/// <param name="Voucher">A signature in tier open, else a quote.</param>
/// <param name="EventLog">The event log beside a quote; null where none came.</param>
/// <param name="Gpus">What the worker's GPUs show; null where nothing came.</param>
/// <param name="GpuReferences">NVIDIA's documents about them; null where none came.</param>
internal sealed record StatementVoucher(ReadOnlyMemory<byte> Voucher, ReadOnlyMemory<byte>? EventLog, ReadOnlyMemory<byte>? Gpus = null, ReadOnlyMemory<byte>? GpuReferences = null)
{
    /// <summary>What came, with nothing where nothing came.</summary>
    public static StatementVoucher Of(byte[]? voucher, byte[]? eventLog, byte[]? gpus = null, byte[]? gpuReferences = null) => new(voucher, Optional(eventLog), Optional(gpus), Optional(gpuReferences));

    private static ReadOnlyMemory<byte>? Optional(byte[]? bytes) => bytes is null ? default(ReadOnlyMemory<byte>?) : bytes;
}
