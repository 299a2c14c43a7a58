using System.Buffers.Binary;

namespace CocoonOrleans.Attestation.Quotes;

/// <summary>The report of an SGX enclave, 384 bytes (Intel SGX DCAP, "Enclave Report Body"): the quoting enclave's in every quote, and the body of an SGX quote.</summary>
public sealed class EnclaveReport
{
    internal const int Size = 384;
    private const byte Debug = 0x02;

    internal EnclaveReport(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>All of it, as it is signed.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>MISCSELECT.</summary>
    public uint MiscSelect => BinaryPrimitives.ReadUInt32LittleEndian(Bytes.Span[16..]);

    /// <summary>ATTRIBUTES, 16 bytes.</summary>
    public ReadOnlyMemory<byte> Attributes => Bytes.Slice(48, 16);

    /// <summary>MRENCLAVE: the measurement of the enclave, 32 bytes.</summary>
    public ReadOnlyMemory<byte> MrEnclave => Bytes.Slice(64, 32);

    /// <summary>MRSIGNER: the hash of the key that signed the enclave, 32 bytes.</summary>
    public ReadOnlyMemory<byte> MrSigner => Bytes.Slice(128, 32);

    /// <summary>ISVPRODID: which of the signer's enclaves.</summary>
    public ushort IsvProdId => BinaryPrimitives.ReadUInt16LittleEndian(Bytes.Span[256..]);

    /// <summary>ISVSVN: its security version.</summary>
    public ushort IsvSvn => BinaryPrimitives.ReadUInt16LittleEndian(Bytes.Span[258..]);

    /// <summary>REPORTDATA, 64 bytes that the enclave chose.</summary>
    public ReadOnlyMemory<byte> ReportData => Bytes.Slice(320, 64);

    /// <summary>Whether a debugger can read the enclave.</summary>
    public bool IsDebug => (Attributes.Span[0] & Debug) != 0;
}
