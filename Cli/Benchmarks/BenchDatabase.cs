using CocoonOrleans.Cli.Databases;
using CocoonOrleans.Cli.Terminal;
using Npgsql;

namespace CocoonOrleans.Cli.Benchmarks;

/// <summary>A PostgreSQL server for one benchmark, in a folder that goes with it. What it commits is on the disk when it says so.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    /// <summary>The variable in which the benchmark's process gets the connection string.</summary>
    public const string Variable = "COCOON_BENCH_DATABASE";

    private readonly PostgreSqlServer _server;
    private readonly DirectoryInfo _folder;

    private BenchDatabase(PostgreSqlServer server, DirectoryInfo folder)
    {
        _server = server;
        _folder = folder;
    }

    /// <summary>How to connect. It holds a password: never log it.</summary>
    public string ConnectionString => _server.ConnectionString;

    /// <summary>Starts one.</summary>
    /// <exception cref="CommandFailedException">PostgreSQL is not installed, or doesn't start.</exception>
    public static async Task<BenchDatabase> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("cocoon-bench-");
        try
        {
            return new BenchDatabase(await PostgreSqlServer.StartAsync(Path.Combine(folder.FullName, "postgresql"), durable: true, cancellationToken), folder);
        }
        catch (InvalidOperationException exception)
        {
            folder.Delete(recursive: true);
            throw new CommandFailedException("PostgreSQL did not start.", exception.Message, innerException: exception);
        }
    }

    /// <summary>Makes another database on it.</summary>
    /// <returns>How to connect.</returns>
    public async Task<string> CreateAsync(string name, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
