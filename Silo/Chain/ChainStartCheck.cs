using CocoonOrleans.Ton.Chain;
using Microsoft.Extensions.Hosting;

namespace CocoonOrleans.Silo.Chain;

/// <summary>Stops the start where an endpoint is of another network or time than ours, or none answers.</summary>
internal sealed class ChainStartCheck(TonChain chain) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => chain.CheckAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
