using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Quotes;

namespace CocoonOrleans.Cli.Verification;

/// <summary>What a TD is and runs, in hex as Intel writes it.</summary>
/// <param name="Mrtd">MRTD: its firmware.</param>
/// <param name="Rtmr0">RTMR0: the firmware's configuration.</param>
/// <param name="Rtmr1">RTMR1: kernel and boot loader.</param>
/// <param name="Rtmr2">RTMR2: command line and initial file system.</param>
/// <param name="Rtmr3">RTMR3: what the running system measured.</param>
/// <param name="Mrconfigid">MRCONFIGID.</param>
/// <param name="Mrowner">MROWNER.</param>
/// <param name="Mrownerconfig">MROWNERCONFIG.</param>
/// <param name="Mrseam">MRSEAM: the TDX module.</param>
/// <param name="TdAttributes">TDATTRIBUTES.</param>
/// <param name="Xfam">XFAM.</param>
/// <param name="TeeTcbSvn">TEE_TCB_SVN.</param>
/// <param name="ReportData">REPORTDATA: what the TD bound to the quote.</param>
/// <param name="CocoonImageHash">How COCOON names the image (<see cref="MeasurementAlias"/>): one hash over the measurements, and no id of ours.</param>
public sealed record QuoteMeasurements(
    string Mrtd,
    string Rtmr0,
    string Rtmr1,
    string Rtmr2,
    string Rtmr3,
    string Mrconfigid,
    string Mrowner,
    string Mrownerconfig,
    string Mrseam,
    string TdAttributes,
    string Xfam,
    string TeeTcbSvn,
    string ReportData,
    string CocoonImageHash)
{
    internal static QuoteMeasurements Of(TdReport td) => new(
        Hex(td.MrTd),
        Hex(td.Rtmrs[0]),
        Hex(td.Rtmrs[1]),
        Hex(td.Rtmrs[2]),
        Hex(td.Rtmrs[3]),
        Hex(td.MrConfigId),
        Hex(td.MrOwner),
        Hex(td.MrOwnerConfig),
        Hex(td.MrSeam),
        Hex(td.TdAttributes),
        Hex(td.Xfam),
        Hex(td.TeeTcbSvn),
        Hex(td.ReportData),
        Convert.ToHexStringLower(MeasurementAlias.Of(td)));

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);
}
