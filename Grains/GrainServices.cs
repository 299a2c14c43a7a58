using CocoonOrleans.Grains.Accounts;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Deposits;
using CocoonOrleans.Grains.Markets;
using CocoonOrleans.Grains.Models;
using CocoonOrleans.Grains.Providers;
using CocoonOrleans.Grains.Registries;
using CocoonOrleans.Grains.Silos;
using CocoonOrleans.Grains.Solvency;
using CocoonOrleans.Grains.Sweeping;
using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Market.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace CocoonOrleans.Grains;

/// <summary>Adds what grains need to a silo.</summary>
public static class GrainServices
{
    /// <summary>
    /// Adds options (sections <c>Accounts</c>, <c>Catalog</c>, <c>Channels</c>, <c>Market</c>, <c>Providers</c>, <c>Registry</c>, <c>Solvency</c>, <c>Sweeper</c>, <c>Wallets</c>, <c>Workers</c>), the catalogue, metrics and the arming of
    /// sweepers. The silo brings <see cref="Ledger.ILedger"/>, <see cref="Ledger.Wallets.IWalletStore"/>, <see cref="Ledger.Channels.IChannelStore"/>, grain storage and reminders, and
    /// <see cref="IWalletChain"/>, <see cref="IChannelChain"/>, <see cref="IVoucherSigner"/> and <see cref="IRegistryChain"/> where there is a chain.
    /// </summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="configuration">Where the sections are.</param>
    public static IServiceCollection AddGrainServices(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddStrictOptions<AccountsOptions>(configuration.GetSection("Accounts"))
            .Validate<IHostEnvironment>(
                static (options, environment) => options.DevelopmentGrantNano == 0 || !environment.IsProduction(),
                "Accounts:DevelopmentGrantNano must be 0 in Production: it makes money from nothing. Set DOTNET_ENVIRONMENT=Development to try things out.");
        services.AddStrictOptions<CatalogOptions>(configuration.GetSection("Catalog"))
            .Validate(
                static options => options.Models.DistinctBy(model => model.Name).Count() == options.Models.Count,
                "Catalog:Models must name each model once.")
            .Validate(
                static options => options.Models.TrueForAll(model => model.DefaultMaxCompletionTokens <= model.ContextTokens),
                "Catalog:Models: DefaultMaxCompletionTokens must not be above ContextTokens.");
        services.AddStrictOptions<ChannelOptions>(configuration.GetSection("Channels"));
        services.AddStrictOptions<ClientChannelOptions>(configuration.GetSection(ClientChannelOptions.Section));
        services.AddStrictOptions<DepositOptions>(configuration.GetSection(DepositOptions.Section));
        services.AddStrictOptions<MarketOptions>(configuration.GetSection("Market"));
        services.AddStrictOptions<ProviderOptions>(configuration.GetSection("Providers"));
        services.AddStrictOptions<RegistryOptions>(configuration.GetSection(RegistryOptions.Section));
        services.AddStrictOptions<SolvencyOptions>(configuration.GetSection(SolvencyOptions.Section));
        services.AddStrictOptions<SweeperOptions>(configuration.GetSection("Sweeper"));
        services.AddStrictOptions<WalletOptions>(configuration.GetSection("Wallets"));
        services.AddStrictOptions<WorkerOptions>(configuration.GetSection("Workers"));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<DepositWallet>();
        services.AddSingleton<MarketMetrics>();
        services.AddSingleton<SiloList>();
        services.AddSingleton<SolvencyProver>();
        services.AddSingleton<SweeperMetrics>();
        services.AddSingleton<WorkerMetrics>();
        services.AddHostedService<SweeperArming>();
        return services;
    }
}
