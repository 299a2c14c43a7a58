using CocoonOrleans.Grains;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Ledger;
using CocoonOrleans.Silo.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;

namespace CocoonOrleans.Tests.Cluster.Channels;

/// <summary>One silo in this process with a wallet and a voucher key, on a real database in a folder: started again, with other keys, on the same folder.</summary>
internal sealed class SettlingSilo : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private SettlingSilo(InProcessTestCluster cluster) => _cluster = cluster;

    public IClusterClient Client => _cluster.Client;

    public ILedger Ledger => _cluster.Silos.Single().ServiceProvider.GetRequiredService<ILedger>();

    public static async Task<SettlingSilo> StartAsync(string folder, string wallet, IVoucherSigner vouchers, params (string Name, string Value)[] settings)
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSiloHost((_, host) =>
        {
            host.Environment.EnvironmentName = Environments.Development;
            host.Logging.ClearProviders();
            host.Configuration.AddInMemoryCollection([KeyValuePair.Create("Ledger:AllowTreasuryTransfers", (string?)"true")]);
            host.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        });
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(TimeProvider.System);
            silo.AddSiloDatabase(folder, silo.Configuration);
            silo.Services.AddGrainServices(silo.Configuration);
            silo.Services.AddSingleton(vouchers);
            silo.Services.AddSingleton<IWalletChain>(new UnreachableWalletChain(wallet));
        });
        InProcessTestCluster cluster = builder.Build();
        await cluster.DeployAsync();
        return new SettlingSilo(cluster);
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();
}
