using CocoonOrleans.Ledger.Sql;
using Microsoft.Extensions.DependencyInjection;

namespace CocoonOrleans.Ledger.PostgreSql;

/// <summary>Adds the ledger in PostgreSQL to a host.</summary>
public static class PostgreSqlLedgerServices
{
    /// <summary>
    /// Adds <see cref="ILedger"/> and its stores in PostgreSQL. Options are checked and the database is connected when the host starts, so that a wrong
    /// connection string or a database that can't be reached stops the start. Binding the options to a section of the configuration is left to the caller.
    /// </summary>
    /// <param name="services">Where the ledger is added.</param>
    /// <param name="configure">Sets options, after any binding that was added before.</param>
    public static IServiceCollection AddPostgreSqlLedger(this IServiceCollection services, Action<PostgreSqlLedgerOptions>? configure = null)
    {
        services.AddOptions<PostgreSqlLedgerOptions>().Configure(options => configure?.Invoke(options)).ValidateDataAnnotations().ValidateOnStart();
        return services.AddSqlLedger<PostgreSqlLedger>();
    }
}
