using CocoonOrleans.Gateway.Completions;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Messages;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Receipts;

/// <summary>Asks workers for the receipts of jobs that were let go a moment ago.</summary>
public sealed class LateReceipts(IOptions<GatewayOptions> options, TimeProvider time)
{
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(150), TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(900)];

    /// <summary>Fetches the receipt of a job.</summary>
    /// <param name="lease">The job's slot.</param>
    /// <param name="binding">What the receipt must agree with.</param>
    /// <returns>Null where no valid one comes within two seconds.</returns>
    public async Task<CheckedReceipt?> FetchAsync(LeaseGrant lease, ReceiptBinding binding)
    {
        ArgumentNullException.ThrowIfNull(lease);
        ArgumentNullException.ThrowIfNull(binding);
        using var limit = new CancellationTokenSource(FetchLimit, time);
        try
        {
            foreach (TimeSpan pause in Pauses)
            {
                await Task.Delay(pause, time, limit.Token);
                IReadOnlyList<KeptReceipt> kept = await lease.Worker.Tunnel.GetReceiptsAsync(limit.Token);
                if (kept.FirstOrDefault(receipt => IsOf(receipt, lease)) is { } found)
                {
                    return binding.Check(new SignedReceipt(found.Receipt, found.Signature), options.Value.NetworkId, lease.JobId, lease.Price);
                }
            }
        }
        catch (Exception e) when (e is TunnelLostException or TunnelProtocolException or ObjectDisposedException or OperationCanceledException)
        {
            // The hold stays open: the worker delivers it when it can be reached.
        }

        return null;
    }

    /// <summary>Looks for the receipt of a job whose answer has ended: the worker keeps it before the last record leaves.</summary>
    /// <param name="lease">The job's slot.</param>
    /// <param name="binding">What the receipt must agree with.</param>
    /// <returns>The receipt, and whether it is sure that there is no other: not where the worker can't be asked, or has more receipts than it tells.</returns>
    public async Task<(CheckedReceipt? Receipt, bool IsSure)> FindAsync(LeaseGrant lease, ReceiptBinding binding)
    {
        ArgumentNullException.ThrowIfNull(lease);
        ArgumentNullException.ThrowIfNull(binding);
        using var limit = new CancellationTokenSource(FetchLimit, time);
        try
        {
            IReadOnlyList<KeptReceipt> kept = await lease.Worker.Tunnel.GetReceiptsAsync(limit.Token);
            return kept.FirstOrDefault(receipt => IsOf(receipt, lease)) is { } found
                ? (binding.Check(new SignedReceipt(found.Receipt, found.Signature), options.Value.NetworkId, lease.JobId, lease.Price), true)
                : (null, kept.Count < ReceiptPage.MaxReceipts);
        }
        catch (Exception e) when (e is TunnelLostException or TunnelProtocolException or ObjectDisposedException or OperationCanceledException)
        {
            return (null, false);
        }
    }

    private static bool IsOf(KeptReceipt receipt, LeaseGrant lease) => receipt.JobId == JobNames.OfJob(lease.JobId) && receipt.LeaseId == JobNames.OfLease(lease.LeaseId);
}
