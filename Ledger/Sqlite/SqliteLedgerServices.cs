using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Deposits;
using CocoonOrleans.Ledger.Providers;
using CocoonOrleans.Ledger.Solvency;
using CocoonOrleans.Ledger.Wallets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace CocoonOrleans.Ledger.Sqlite;

/// <summary>Adds the ledger to a host.</summary>
public static class SqliteLedgerServices
{
    /// <summary>
    /// Adds <see cref="ILedger"/>, <see cref="IWalletStore"/>, <see cref="IChannelStore"/> and <see cref="IProviderStore"/> in one SQLite file. Options are checked and the file is opened when the host starts, so
    /// that a wrong path or a disk that can't be written stops the start. Binding the options to a section of the configuration is left to the caller.
    /// </summary>
    /// <param name="services">Where the ledger is added.</param>
    /// <param name="configure">Sets options, after any binding that was added before.</param>
    public static IServiceCollection AddSqliteLedger(this IServiceCollection services, Action<SqliteLedgerOptions>? configure = null)
    {
        services.AddOptions<SqliteLedgerOptions>().Configure(options => configure?.Invoke(options)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ILedger, SqliteLedger>();
        services.TryAddSingleton(provider => (IChannelStore)provider.GetRequiredService<ILedger>());
        services.TryAddSingleton(provider => (IClientChannelStore)provider.GetRequiredService<ILedger>());
        services.TryAddSingleton(provider => (IDepositStore)provider.GetRequiredService<ILedger>());
        services.TryAddSingleton(provider => (IProviderStore)provider.GetRequiredService<ILedger>());
        services.TryAddSingleton(provider => (ISolvencyStore)provider.GetRequiredService<ILedger>());
        services.TryAddSingleton(provider => (IWalletStore)provider.GetRequiredService<ILedger>());
        services.AddHostedService<Opening>();
        return services;
    }

    /// <summary>Its construction opens the ledger.</summary>
    private sealed class Opening(ILedger ledger) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => ledger.GetAccountAsync(Accounts.WellKnownAccounts.Treasury, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
