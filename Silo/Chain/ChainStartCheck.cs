using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Ton.Chain;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CocoonOrleans.Silo.Chain;

/// <summary>Stops the start where a key can't be opened, an endpoint is of another network or time than ours, or none answers.</summary>
internal sealed class ChainStartCheck(TonChain chain, IServiceProvider services) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        services.GetService<OperatorWallet>();
        services.GetService<IVoucherSigner>();
        return chain.CheckAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
