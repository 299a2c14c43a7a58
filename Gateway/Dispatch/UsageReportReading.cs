using System.Security.Cryptography;
using CocoonOrleans.Gateway.Completions;
using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Usage;

namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>Checks the usage report of a running job, and fetches it where the job was let go.</summary>
internal static class UsageReportReading
{
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(150), TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(900)];

    /// <returns>Null where the report is not of this worker, job, lease and model, or not signed by the worker.</returns>
    public static CheckedReport? Check(SignedUsageReport signed, LeaseGrant lease)
    {
        UsageReport? report = signed.Check(lease.Worker.Tunnel.WorkerKey).Report;
        bool fits = report is not null
            && report.JobId == JobNames.OfJob(lease.JobId)
            && report.LeaseId == JobNames.OfLease(lease.LeaseId)
            && report.ModelManifestSha256 == lease.ManifestSha256;
        return fits ? new CheckedReport(report!, SHA256.HashData(signed.Report)) : null;
    }

    /// <summary>Asks the worker for the report of a job that was let go a moment ago.</summary>
    /// <returns>Null where it does not come within two seconds.</returns>
    public static async Task<CheckedReport?> FetchAsync(LeaseGrant lease, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(FetchLimit, time);
        try
        {
            foreach (TimeSpan pause in Pauses)
            {
                await Task.Delay(pause, time, limit.Token);
                foreach (SignedUsageReport signed in await lease.Worker.Tunnel.GetUsageReportsAsync(limit.Token))
                {
                    if (Check(signed, lease) is { } report)
                    {
                        return report;
                    }
                }
            }
        }
        catch (Exception e) when (e is TunnelLostException or TunnelProtocolException or ObjectDisposedException or OperationCanceledException)
        {
            // The gateway's own count is used instead.
        }

        return null;
    }
}
