using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Gateway.Sealing;

/// <summary>What came beside a worker's statement, for clients that verify it themselves.</summary>
/// <param name="Voucher">What vouches for it: the signature of tier <c>open</c>, or a quote.</param>
/// <param name="EventLog">The event log beside a quote; empty where none came.</param>
/// <param name="Gpus">What the GPUs show; empty where nothing came.</param>
/// <param name="GpuReferences">NVIDIA's documents about them; empty where none came.</param>
public sealed record ShownEvidence(
    ReadOnlyMemory<byte> Voucher, ReadOnlyMemory<byte> EventLog = default, ReadOnlyMemory<byte> Gpus = default, ReadOnlyMemory<byte> GpuReferences = default)
{
    /// <summary>What a worker sent.</summary>
    public static ShownEvidence Of(VouchedStatement vouched)
    {
        ArgumentNullException.ThrowIfNull(vouched);
        return new ShownEvidence(vouched.Voucher, vouched.EventLog, vouched.Gpus, vouched.GpuReferences);
    }

    /// <summary>The same beside another statement of the epoch, which has a quote of its own.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="voucher">Its quote.</param>
    public VouchedStatement Beside(byte[] statement, byte[] voucher) => new(statement, voucher, EventLog: Bytes(EventLog), Gpus: Bytes(Gpus), GpuReferences: Bytes(GpuReferences));

    private static byte[]? Bytes(ReadOnlyMemory<byte> bytes) => bytes.IsEmpty ? null : bytes.ToArray();
}
