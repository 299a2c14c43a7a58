using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Deposits;
using CocoonOrleans.Ledger.Providers;
using CocoonOrleans.Ledger.Solvency;
using CocoonOrleans.Ledger.Wallets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>What a host needs of a ledger, whichever database it is in.</summary>
internal static class SqlLedgerServices
{
    /// <summary>Adds the ledger, the stores that are the same object, and its opening when the host starts.</summary>
    public static IServiceCollection AddSqlLedger<TLedger>(this IServiceCollection services)
        where TLedger : SqlLedger
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ILedger, TLedger>();
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
