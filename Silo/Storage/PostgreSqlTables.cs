using CocoonOrleans.Ledger.PostgreSql;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace CocoonOrleans.Silo.Storage;

/// <summary>Brings Orleans' tables to the newest version before anything else of the silo starts: its providers read their statements there.</summary>
/// <param name="connectionString">How to connect; never part of a message.</param>
internal sealed class PostgreSqlTables(string connectionString) : IHostedLifecycleService
{
    /// <summary>The steps that make them.</summary>
    internal static PostgreSqlSchema OrleansSchema { get; } = PostgreSqlSchema.FromResources("orleans", typeof(PostgreSqlTables), "PostgreSql");

    /// <inheritdoc/>
    /// <exception cref="IOException">The database can't be reached, or doesn't let the silo in.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
        OrleansSchema.Apply(source);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
