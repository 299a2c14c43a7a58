namespace CocoonOrleans.Attestation.Quotes;

/// <summary>What the TDX module says of a TD, as a quote carries it: 584 bytes, or 648 since TDX 1.5 (Intel TDX DCAP, "TD Quote Body").</summary>
public sealed class TdReport
{
    internal const int Size10 = 584;
    internal const int Size15 = 648;
    private const int MeasurementBytes = 48;

    private readonly ReadOnlyMemory<byte> _bytes;

    internal TdReport(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        Rtmrs = [.. Enumerable.Range(0, 4).Select(index => bytes.Slice(328 + (index * MeasurementBytes), MeasurementBytes))];
    }

    /// <summary>TEE_TCB_SVN: security versions of the TDX module that started, 16 bytes. Index 0 is its minor, index 1 its major version.</summary>
    public ReadOnlyMemory<byte> TeeTcbSvn => _bytes[..16];

    /// <summary>MRSEAM: the measurement of the TDX module, 48 bytes.</summary>
    public ReadOnlyMemory<byte> MrSeam => _bytes.Slice(16, MeasurementBytes);

    /// <summary>MRSIGNERSEAM: who signed the module; zeros for Intel. 48 bytes.</summary>
    public ReadOnlyMemory<byte> MrSignerSeam => _bytes.Slice(64, MeasurementBytes);

    /// <summary>SEAMATTRIBUTES, 8 bytes.</summary>
    public ReadOnlyMemory<byte> SeamAttributes => _bytes.Slice(112, 8);

    /// <summary>TDATTRIBUTES, 8 bytes.</summary>
    public ReadOnlyMemory<byte> TdAttributes => _bytes.Slice(120, 8);

    /// <summary>XFAM: which extended processor features the TD may use, 8 bytes.</summary>
    public ReadOnlyMemory<byte> Xfam => _bytes.Slice(128, 8);

    /// <summary>MRTD: the measurement of what the TD began with, its firmware. 48 bytes.</summary>
    public ReadOnlyMemory<byte> MrTd => _bytes.Slice(136, MeasurementBytes);

    /// <summary>MRCONFIGID: configuration that the host named before the start, 48 bytes.</summary>
    public ReadOnlyMemory<byte> MrConfigId => _bytes.Slice(184, MeasurementBytes);

    /// <summary>MROWNER, 48 bytes.</summary>
    public ReadOnlyMemory<byte> MrOwner => _bytes.Slice(232, MeasurementBytes);

    /// <summary>MROWNERCONFIG, 48 bytes.</summary>
    public ReadOnlyMemory<byte> MrOwnerConfig => _bytes.Slice(280, MeasurementBytes);

    /// <summary>RTMR0 to RTMR3, 48 bytes each: what was measured since the start.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Rtmrs { get; }

    /// <summary>REPORTDATA, 64 bytes that the TD chose.</summary>
    public ReadOnlyMemory<byte> ReportData => _bytes.Slice(520, 64);

    /// <summary>TEE_TCB_SVN_2: security versions of the TDX module that runs now, 16 bytes; null before TDX 1.5.</summary>
    public ReadOnlyMemory<byte>? TeeTcbSvn2 => Since15(584, 16);

    /// <summary>MRSERVICETD: the service TDs bound to this one, 48 bytes, zeros for none; null before TDX 1.5.</summary>
    public ReadOnlyMemory<byte>? MrServiceTd => Since15(600, MeasurementBytes);

    // Not "condition ? slice : null": there null would become an empty memory, by way of a null array.
    private ReadOnlyMemory<byte>? Since15(int offset, int length) => _bytes.Length == Size15 ? _bytes.Slice(offset, length) : default(ReadOnlyMemory<byte>?);
}
