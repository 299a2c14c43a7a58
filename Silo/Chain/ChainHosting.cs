using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Registries;
using CocoonOrleans.Grains.Solvency;
using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Market.Configuration;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Chain;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Silo.Chain;

/// <summary>Adds the chain to a silo.</summary>
public static class ChainHosting
{
    /// <summary>
    /// Adds <see cref="TonChain"/> by section <c>Chain</c>, the check of its network and clock, which must pass before the silo starts, and the operator's
    /// wallet, voucher key and the network's registry by sections <c>OperatorWallet</c>, <c>OperatorVouchers</c> and <c>Registry</c>, where they are named. Without endpoints nothing is added.
    /// </summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="configuration">Where the section is.</param>
    /// <returns>Whether there is a chain.</returns>
    public static bool AddTonChain(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        IConfigurationSection section = configuration.GetSection(ChainOptions.Section);
        services.AddStrictOptions<ChainOptions>(section)
            .Validate<IHostEnvironment>(
                static (options, environment) => !options.IsUsed || !environment.IsProduction() || options.Network != TonNetwork.Development,
                "Chain:Network must not be -1000 in Production: the development chain is no public network.")
            .Validate<IHostEnvironment>(
                static (options, environment) => !options.IsUsed || !environment.IsProduction() || options.HasQuorum,
                "Chain:Endpoints needs endpoints of two different owners in Production.");
        bool hasChain = section.GetSection(nameof(ChainOptions.Endpoints)).GetChildren().Any();
        services.AddOptions<RegistryOptions>().Validate(
            options => !options.IsUsed || hasChain, "Registry:Address needs Chain:Endpoints: the registry is read from the chain.");
        if (!hasChain)
        {
            return false;
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new TonChain(
            provider.GetRequiredService<IOptions<ChainOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<TonChain>>()));
        services.AddHostedService<ChainStartCheck>();
        IConfigurationSection wallet = configuration.GetSection(OperatorWalletOptions.Section);
        services.AddStrictOptions<OperatorWalletOptions>(wallet);
        if (wallet[nameof(OperatorWalletOptions.KeyFile)] is { Length: > 0 })
        {
            services.AddSingleton<OperatorWallet>();
            services.AddSingleton<IWalletChain, TonWalletChain>();
            services.AddSingleton<ISolvencyChain, TonSolvencyChain>();
        }

        services.AddSingleton<IChannelChain, TonChannelChain>();
        IConfigurationSection registry = configuration.GetSection(RegistryOptions.Section);
        if (registry[nameof(RegistryOptions.Address)] is { Length: > 0 } || registry[nameof(RegistryOptions.AddressFile)] is { Length: > 0 })
        {
            services.AddSingleton<IRegistryChain, TonRegistryChain>();
        }

        if (configuration[$"Channels:{nameof(ChannelOptions.VoucherCopies)}"] is { Length: > 0 })
        {
            services.AddSingleton<IVoucherCopies, VoucherCopyFolder>();
        }

        IConfigurationSection vouchers = configuration.GetSection(OperatorVouchersOptions.Section);
        services.AddStrictOptions<OperatorVouchersOptions>(vouchers);
        if (vouchers[nameof(OperatorVouchersOptions.KeyFile)] is { Length: > 0 })
        {
            services.AddSingleton<IVoucherSigner, KeyFileVoucherSigner>();
        }

        return true;
    }
}
