using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Gateway.Workers;

/// <summary>
/// Brings a worker its provider's newest voucher, as bytes. It is stored before it gets here, so losing one on the way loses nothing: the next look brings it, or
/// a higher one.
/// </summary>
public sealed partial class VoucherDelivery(GrainCalls grains, TimeProvider time, ILogger<VoucherDelivery> logger)
{
    private const string Workchain = "0:";

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = logger;

    /// <summary>Looks about every five seconds, and delivers what the worker hasn't had over this tunnel. Never throws: payment must not end a tunnel.</summary>
    /// <param name="connection">The worker.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task DeliverAsync(WorkerConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (time.GetUtcNow() < connection.VoucherLookAt)
        {
            return;
        }

        connection.VoucherLookAt = time.GetUtcNow() + Period;
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            ChannelVoucher? voucher = await grains.Client.GetGrain<IWorkerGrain>(connection.WorkerId).GetVoucherAsync(either.Token);
            if (voucher is null || !voucher.Channel.StartsWith(Workchain, StringComparison.Ordinal) || (voucher.Channel, voucher.Serial) == connection.DeliveredVoucher)
            {
                return;
            }

            await connection.Tunnel.DeliverAsync(new ProviderVoucher(voucher.Channel[Workchain.Length..], voucher.Serial, voucher.Bytes), either.Token);
            connection.DeliveredVoucher = (voucher.Channel, voucher.Serial);
            LogDelivered(connection.WorkerId, voucher.Serial);
        }
#pragma warning disable CA1031 // An older worker keeps no vouchers, a cluster may be away: the next look tries again.
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogNotDelivered(connection.WorkerId, error.Message);
        }
        catch (OperationCanceledException)
        {
            // The tunnel has ended.
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Worker {WorkerId} has voucher {Serial}")]
    private partial void LogDelivered(string workerId, long serial);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Worker {WorkerId} did not get its provider's voucher: {Reason}")]
    private partial void LogNotDelivered(string workerId, string reason);
}
