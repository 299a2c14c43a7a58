using System.Text.Json;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;

namespace CocoonOrleans.Tunnel.Usage;

/// <summary>A usage report as it travels: the exact bytes, and the worker's signature over them.</summary>
/// <param name="Report">The canonical bytes of a <see cref="UsageReport"/>.</param>
/// <param name="Signature">ES256 by the worker's tunnel key over "cocoon/usage/v1", a zero byte and <paramref name="Report"/>; 64 bytes.</param>
public sealed record SignedUsageReport(byte[] Report, byte[] Signature)
{
    private static ReadOnlySpan<byte> Label => "cocoon/usage/v1\0"u8;

    /// <summary>Signs a report.</summary>
    public static SignedUsageReport Sign(UsageReport report, TunnelIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(identity);
        byte[] bytes = report.ToCanonicalBytes();
        return new SignedUsageReport(bytes, identity.Sign([.. Label, .. bytes]));
    }

    /// <summary>Checks everything about the report: signature, form, worker, ranges.</summary>
    /// <param name="worker">The key of the worker that it must come from.</param>
    public UsageReportCheck Check(TunnelPublicKey worker)
    {
        ArgumentNullException.ThrowIfNull(worker);
        if (Report.Length > UsageReport.MaxBytes)
            return new(null, UsageReportFault.Malformed);
        if (!worker.Verify([.. Label, .. Report], Signature))
            return new(null, UsageReportFault.BadSignature);
        UsageReport? report;
        try
        {
            report = JsonSerializer.Deserialize(Report, TunnelJson.Default.UsageReport);
        }
        catch (JsonException)
        {
            return new(null, UsageReportFault.Malformed);
        }
        // One meaning, one spelling: what is stored and compared later are the bytes.
        if (report is null || !report.ToCanonicalBytes().AsSpan().SequenceEqual(Report))
            return new(null, UsageReportFault.Malformed);
        if (report.WorkerId != worker.Id)
            return new(null, UsageReportFault.OtherWorker);
        return report.IsValid ? new(report, UsageReportFault.None) : new(null, UsageReportFault.OutOfRange);
    }
}
