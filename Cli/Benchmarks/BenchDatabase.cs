using CocoonOrleans.Cli.Databases;
using CocoonOrleans.Cli.Terminal;

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

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
