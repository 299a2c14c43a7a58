using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Grains.Sweeping;

/// <summary>Arms all sweepers when a silo has started, and goes on trying: a cluster that just lost a silo may not answer at first.</summary>
internal sealed partial class SweeperArming(IGrainFactory grains, TimeProvider clock, ILogger<SweeperArming> logger) : BackgroundService
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (int shard = 0; shard < ISweeperGrain.Count; shard++)
        {
            while (!await TryArmAsync(shard, stoppingToken))
            {
                await Task.Delay(Delay, clock, stoppingToken);
            }
        }
    }

    private async Task<bool> TryArmAsync(int shard, CancellationToken cancellationToken)
    {
        try
        {
            await grains.GetGrain<ISweeperGrain>(shard).ArmAsync(cancellationToken);
            return true;
        }
#pragma warning disable CA1031 // Tried again until the silo stops.
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogNotArmed(shard, Delay, error);
            return false;
        }
    }
}
