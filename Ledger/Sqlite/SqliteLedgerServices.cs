using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Providers;
using CocoonOrleans.Ledger.Sql;
using CocoonOrleans.Ledger.Wallets;
using Microsoft.Extensions.DependencyInjection;

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
        return services.AddSqlLedger<SqliteLedger>();
    }
}
