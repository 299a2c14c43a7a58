using System.Text.Json;
using CocoonOrleans.Cli.Accounts;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Providers;
using CocoonOrleans.Cli.Settlement;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Sealing;

namespace CocoonOrleans.Cli.Network;

/// <summary>Brings a local network up until the first request will succeed.</summary>
/// <param name="network">The network.</param>
/// <param name="options">How it was laid out.</param>
/// <param name="clock">The clock of all waits.</param>
public sealed class NetworkStart(LocalNetwork network, LocalNetworkOptions options, TimeProvider clock)
{
    private readonly TaskCompletionSource<SupervisedProcess> _fallen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts all processes, makes sure of the development account, and waits until the gateway can serve the model.</summary>
    /// <param name="output">Where the steps are shown.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The development account's API key.</returns>
    /// <exception cref="CommandFailedException">Something did not come up; all processes are killed then.</exception>
    public async Task<string> RunAsync(CommandOutput output, CancellationToken cancellationToken)
    {
        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var key = "";
            await Steps.RunAsync(output, async steps =>
            {
                var start = StartAllAsync(steps, abandon.Token);
                if (await Task.WhenAny(start, _fallen.Task) != start)
                {
                    var fallen = (await _fallen.Task).Current;
                    throw new CommandFailedException(
                        $"{fallen.Spec.Name} ended (exit code {await fallen.Exited}) while the network started: {fallen.LastWords}", $"Its log: {fallen.Spec.LogFile}", fallen.LastLines);
                }

                key = await start;
            });
            return key;
        }
        catch
        {
            await abandon.CancelAsync();
            await network.DisposeAsync();
            throw;
        }
    }

    private async Task<string> StartAllAsync(Steps steps, CancellationToken cancellationToken)
    {
        Digest? image = null;
        if (network is { Issuer: { } issuer, Topology.Issuer: { } place })
        {
            var ready = await StartAsync(steps, issuer, cancellationToken);
            place.WriteAnchor(ready);
            var measured = place.WriteImage(ready);
            if (network.Topology.Encrypted is { } encrypted)
            {
                await StartBrokersAsync(steps, encrypted, measured, cancellationToken);
            }

            image = measured;
        }

        // The gateway is a client of the silo. Workers need neither to load their model, so they start beside both.
        var servers = StartServersAsync(steps, image, cancellationToken);
        await foreach (var started in Task.WhenEach([servers, .. network.Workers.Select(worker => StartAsync(steps, worker, cancellationToken))]))
        {
            await started; // The first failure is the one to tell: the others may only follow from it.
        }

        using var admin = AdminClient.Of(network.Topology.AdminUrl, options.Data);
        var key = await steps.TakeAsync(
            "development account", () => DevelopmentAccount.EnsureAsync(admin, options.Data, cancellationToken), _ => DevelopmentAccount.Id);
        await steps.TakeAsync(
            "model", () => new ReadinessProbe(network.Topology, clock).WaitAsync(key, cancellationToken), workers => $"{options.ModelName}, served by {workers}");
        if (network.Topology.Settlement is { } settlement)
        {
            await steps.TakeAsync("payouts", () => OrderPayoutsAsync(admin, settlement, cancellationToken), count => $"{count} providers are paid at {settlement.PayoutAddress}");
        }

        return key;
    }

    private async Task<int> OrderPayoutsAsync(AdminClient admin, SettlementPlace settlement, CancellationToken cancellationToken)
    {
        using var http = GatewayHttp.Open(network.Topology.Url, "", ProviderClient.Timeout);
        foreach (var provider in settlement.Providers)
        {
            // Each start has the same wish: it is said once.
            if (await admin.FindPayoutAddressAsync(Ton.Providers.ProviderId.Of(provider.Key), cancellationToken) != settlement.PayoutAddress.ToString())
            {
                await ProviderClient.AskAsync(http, provider.Key, "payout", provider.Payout, cancellationToken);
            }
        }

        return settlement.Providers.Count;
    }

    private async Task StartBrokersAsync(Steps steps, EncryptedPlace encrypted, Digest image, CancellationToken cancellationToken)
    {
        await steps.TakeAsync(
            "encrypting the model",
            say => Task.Run(
                () =>
                {
                    encrypted.Encrypt(network.Topology.Model, image, (done, total) => say($"{done} of {total} bytes"), cancellationToken);
                    return encrypted.Folder;
                },
                cancellationToken),
            folder => folder);
        foreach (var broker in network.Brokers)
        {
            await StartAsync(steps, broker, cancellationToken);
        }
    }

    private async Task StartServersAsync(Steps steps, Digest? image, CancellationToken cancellationToken)
    {
        if (network is { Chain: { } chain, Topology.Settlement: { } settlement })
        {
            await StartAsync(steps, chain, cancellationToken);
            await steps.TakeAsync(
                "operator's wallet", () => DevelopmentFaucet.FillAsync(settlement, clock, cancellationToken), balance => $"{balance.ToCoinString()} coins of the development chain");
            await steps.TakeAsync(
                "registry", () => DevelopmentRegistry.EnsureAsync(settlement, network.Topology.Model, image, clock, cancellationToken), address => address.ToString());
        }

        await StartAsync(steps, network.Silo, cancellationToken);
        foreach (var silo in network.MoreSilos)
        {
            await StartAsync(steps, silo, cancellationToken);
        }

        await StartAsync(steps, network.Gateway, cancellationToken);
    }

    private async Task<JsonElement> StartAsync(Steps steps, SupervisedProcess process, CancellationToken cancellationToken)
    {
        var ready = await steps.TakeAsync(process.Name, say => process.StartAsync(cancellationToken, say), _ => $"process {process.Current.Id}");
        _ = process.Current.Exited.ContinueWith(
            _ => _fallen.TrySetResult(process), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return ready;
    }
}
