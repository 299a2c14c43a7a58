using System.Net;
using CocoonOrleans.Grains.Silos;

namespace CocoonOrleans.Gateway.Cluster;

/// <summary>
/// Asks the cluster who is in it, four times a second, on several ways at once: whichever silo answers first is believed. So a silo that stands still is left as
/// soon as the others have declared it dead, and one that joins is used though no setting names it.
/// </summary>
public sealed partial class SiloWatch(IClusterClient client, LiveGateways gateways, TimeProvider time, ILogger<SiloWatch> logger) : BackgroundService
{
    private const int Ways = 3;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    private long _heardAt;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _heardAt = time.GetTimestamp();
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LongestAnswer, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        List<Task<IReadOnlyList<SiloMember>>> answers =
        [
            .. Random.Shared.GetItems([.. Enumerable.Range(0, ISiloListGrain.Keys)], Ways).Distinct()
                .Select(key => AskAsync(key, either.Token)),
        ];
        foreach (Task<IReadOnlyList<SiloMember>> answer in answers)
        {
            // Nobody waits for who stands still.
            _ = answer.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        await foreach (Task<IReadOnlyList<SiloMember>> answer in Task.WhenEach(answers).WithCancellation(CancellationToken.None))
        {
            if (answer.IsCompletedSuccessfully)
            {
                _heardAt = time.GetTimestamp();
                Take(await answer);
                return;
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (time.GetElapsedTime(_heardAt) > Silence)
        {
            gateways.Forget();
        }
    }

    // All of it in the task: before the client has connected, already finding the grain throws.
    private async Task<IReadOnlyList<SiloMember>> AskAsync(int key, CancellationToken cancellationToken) =>
        await client.GetGrain<ISiloListGrain>(key).ListAsync(CancellationToken.None).WaitAsync(cancellationToken);

    private void Take(IReadOnlyList<SiloMember> members)
    {
        IPEndPoint[] live =
        [
            .. members.Where(static member => member is { Status: SiloMember.Active, ClientPort: > 0 })
                .Select(static member => new IPEndPoint(IPAddress.Parse(member.Address), member.ClientPort)),
        ];
        if (gateways.Set(live))
        {
            LogSilos(string.Join(", ", live.Select(static silo => silo.ToString())));
        }
    }
}
