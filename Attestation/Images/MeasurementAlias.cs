using System.Security.Cryptography;
using CocoonOrleans.Attestation.Quotes;

namespace CocoonOrleans.Attestation.Images;

/// <summary>
/// One hash over a TD's measurements, as COCOON names images: SHA-256(MRTD, MRCONFIGID, MROWNER, MROWNERCONFIG, RTMR0 to RTMR3, 64 zeros). For those who
/// come from there, and never our id: it leaves out whether the TD can be debugged, its features and its TDX module. Not compared with a running COCOON yet.
/// </summary>
public static class MeasurementAlias
{
    private const int ReportDataBytes = 64;

    /// <summary>The hash, 32 bytes.</summary>
    public static byte[] Of(TdReport td)
    {
        ArgumentNullException.ThrowIfNull(td);
        return SHA256.HashData(
        [
            .. td.MrTd.Span, .. td.MrConfigId.Span, .. td.MrOwner.Span, .. td.MrOwnerConfig.Span,
            .. td.Rtmrs[0].Span, .. td.Rtmrs[1].Span, .. td.Rtmrs[2].Span, .. td.Rtmrs[3].Span, .. new byte[ReportDataBytes],
        ]);
    }
}
