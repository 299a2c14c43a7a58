using CocoonOrleans.Cli.Databases;
using Npgsql;

namespace CocoonOrleans.Tests.Cluster;

/// <summary>One PostgreSQL server for all tests of the process, without fsync. Where none is installed, its tests are skipped, and say so.</summary>
internal static class PostgreSqlTestServer
{
    private static readonly Lazy<PostgreSqlServer> Server = new(Start);

    /// <summary>How the owner of a fresh, empty database connects.</summary>
    public static string CreateDatabase()
    {
        Skip.If(PostgreSqlServer.FindPrograms() is null, "NOT TESTED: PostgreSQL is not installed (apt-get install postgresql-15).");
        string name = $"t{Guid.NewGuid():N}";
        Run($"CREATE DATABASE {name}");
        return new NpgsqlConnectionStringBuilder(Server.Value.ConnectionString) { Database = name }.ToString();
    }

    /// <summary>Drops a database, whoever is connected.</summary>
    public static void DropDatabase(string connectionString)
    {
        using NpgsqlConnection pooled = new(connectionString);
        NpgsqlConnection.ClearPool(pooled);
        Run($"DROP DATABASE {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");
    }

    private static PostgreSqlServer Start()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("postgresql-");
        PostgreSqlServer server = PostgreSqlServer.StartAsync(folder.FullName, durable: false, CancellationToken.None).GetAwaiter().GetResult();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
            folder.Delete(recursive: true);
        };
        return server;
    }

    private static void Run(string sql)
    {
        using NpgsqlConnection connection = new(Server.Value.ConnectionString + ";Pooling=false");
        connection.Open();
        using NpgsqlCommand command = new(sql, connection);
        command.ExecuteNonQuery();
    }
}
