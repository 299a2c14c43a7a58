using System.Buffers.Binary;
using System.Security.Cryptography;
using CocoonOrleans.Attestation.QuoteSources;

namespace CocoonOrleans.Attestation.Simulated.Worlds;

/// <summary>Writes quotes as Intel's quoting enclave does (Intel TDX DCAP Quoting Library API, appendix A).</summary>
/// <param name="world">Whose keys sign.</param>
/// <param name="settings">What is to be different.</param>
/// <param name="pckChain">The processor's certificates, PEM.</param>
internal sealed class QuoteWriter(SimulatedWorld world, WorldSettings settings, byte[] pckChain)
{
    /// <summary>XFAM of every TD.</summary>
    public const ulong Xfam = 0x602E7;

    /// <summary>MRTD of every TD.</summary>
    public static byte[] MrTd => WorldSettings.Filled(0x7D);

    /// <param name="reportData">What the quote is made for.</param>
    /// <param name="rtmr3">RTMR3 of the TD that asks; null for the settings'.</param>
    public byte[] Write(ReadOnlySpan<byte> reportData, byte[]? rtmr3 = null)
    {
        if (reportData.Length != IQuoteSource.ReportDataBytes)
        {
            throw new ArgumentException($"A quote is made for {IQuoteSource.ReportDataBytes} bytes.", nameof(reportData));
        }

        byte[] body =
        [
            .. settings.TeeTcbSvn, .. WorldSettings.Filled(0x5E), .. settings.MrSignerSeam, .. settings.SeamAttributes,
            .. Bytes(settings.TdAttributes), .. Bytes(Xfam), .. MrTd, .. WorldSettings.Filled(0), .. WorldSettings.Filled(0),
            .. WorldSettings.Filled(0), .. settings.Rtmrs.Take(3).SelectMany(rtmr => rtmr), .. rtmr3 ?? settings.Rtmrs[3], .. reportData,
            .. settings.Version == 5 ? [.. settings.TeeTcbSvn2, .. settings.MrServiceTd] : (byte[])[],
        ];
        byte[] signed =
        [
            (byte)settings.Version, 0, 2, 0, 0x81, 0, 0, 0, .. new byte[4], .. settings.QeVendorId, .. new byte[20],
            .. settings.Version == 5 ? [3, 0, .. Bytes((uint)body.Length)] : (byte[])[], .. body,
        ];
        var point = settings.AttestationPoint ?? WorldSettings.PointOf(world.AttestationKey);
        byte[] authData = [.. Enumerable.Range(0, 32).Select(index => (byte)index)];
        var enclave = Enclave(point, authData);
        byte[] certification =
        [
            .. enclave, .. Sign(world.PckKey, enclave), .. Bytes((ushort)authData.Length), .. authData, 5, 0, .. Bytes((uint)pckChain.Length), .. pckChain,
        ];
        byte[] authentication = [.. Sign(world.AttestationKey, signed), .. point, 6, 0, .. Bytes((uint)certification.Length), .. certification];
        return [.. signed, .. Bytes((uint)authentication.Length), .. authentication];
    }

    private byte[] Enclave(byte[] point, byte[] authData)
    {
        var report = new byte[384];
        BinaryPrimitives.WriteUInt32LittleEndian(report.AsSpan(16), settings.QeMiscSelect);
        settings.QeAttributes.CopyTo(report, 48);
        settings.QeSigner.CopyTo(report, 128);
        BinaryPrimitives.WriteUInt16LittleEndian(report.AsSpan(256), settings.QeProduct);
        BinaryPrimitives.WriteUInt16LittleEndian(report.AsSpan(258), settings.QeIsvSvn);
        (settings.QeReportData ?? SHA256.HashData([.. point, .. authData])).CopyTo(report, 320);
        return report;
    }

    private static byte[] Sign(ECDsa key, byte[] data) => key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    private static byte[] Bytes(ulong value) => BitConverter.GetBytes(value);

    private static byte[] Bytes(uint value) => BitConverter.GetBytes(value);

    private static byte[] Bytes(ushort value) => BitConverter.GetBytes(value);
}
