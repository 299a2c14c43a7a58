using CocoonOrleans.Cli.Databases;
using CocoonOrleans.Ledger.PostgreSql;
using CocoonOrleans.Silo.Storage;
using Npgsql;

namespace CocoonOrleans.Tests.Cluster;

/// <summary>One PostgreSQL server for all tests of the process, without fsync. Where none is installed, its tests are skipped, and say so.</summary>
internal static class PostgreSqlTestServer
{
    private const string SiloUser = "silo_of_tests";
    private const long RoomNeeded = 1L << 30;

    private static readonly Lazy<PostgreSqlServer> Server = new(Start);
    private static readonly Lazy<string> LedgerTemplate = new(CreateLedgerTemplate);

    /// <summary>How the owner of a fresh, empty database connects.</summary>
    public static string CreateDatabase() => CreateDatabase("template1");

    /// <summary>How the owner of a fresh database with the ledger's tables connects: a copy of one that was made once, which takes a sixth of the time.</summary>
    public static string CreateLedgerDatabase() => CreateDatabase(PostgreSqlServer.FindPrograms() is null ? "" : LedgerTemplate.Value);

    /// <summary>How a silo connects to a database with the ledger's tables: as who may work on them and nothing else.</summary>
    public static string AsSilo(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString) { Username = SiloUser, Password = SiloUser }.ToString();

    /// <summary>Drops a database, whoever is connected.</summary>
    public static void DropDatabase(string connectionString)
    {
        using NpgsqlConnection pooled = new(connectionString);
        NpgsqlConnection.ClearPool(pooled);
        Run($"DROP DATABASE {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");
    }

    private static string CreateDatabase(string template)
    {
        Skip.If(PostgreSqlServer.FindPrograms() is null, "NOT TESTED: PostgreSQL is not installed (apt-get install postgresql-15).");
        string name = $"t{Guid.NewGuid():N}";

        // Files are copied: without fsync that is faster than writing them to the log, which is the default.
        Run($"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY");
        return Connection(name);
    }

    private static string CreateLedgerTemplate()
    {
        string connection = CreateDatabase();
        using (NpgsqlDataSource source = NpgsqlDataSource.Create(connection + ";Pooling=false"))
        {
            PostgreSqlLedger.Schema.Apply(source);
            PostgreSqlTables.OrleansSchema.Apply(source);
            using NpgsqlCommand roles = source.CreateCommand(
                File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "silo.sql"))
                + $"; CREATE ROLE {SiloUser} LOGIN PASSWORD '{SiloUser}' IN ROLE cocoon_silo");
            roles.ExecuteNonQuery();
        }

        return new NpgsqlConnectionStringBuilder(connection).Database!;
    }

    private static string Connection(string database) => new NpgsqlConnectionStringBuilder(Server.Value.ConnectionString) { Database = database }.ToString();

    private static PostgreSqlServer Start()
    {
        DirectoryInfo folder = CreateFolder();
        PostgreSqlServer server = PostgreSqlServer.StartAsync(folder.FullName, durable: false, CancellationToken.None).GetAwaiter().GetResult();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
            folder.Delete(recursive: true);
        };
        return server;
    }

    // In memory where there is room: a database is some 300 files, whose making on a disk was two thirds of these tests' processor time.
    private static DirectoryInfo CreateFolder()
    {
        DriveInfo memory = new("/dev/shm");
        return memory.IsReady && memory.AvailableFreeSpace > RoomNeeded
            ? Directory.CreateDirectory(Path.Combine(memory.Name, $"postgresql-{Guid.NewGuid():N}"))
            : Directory.CreateTempSubdirectory("postgresql-");
    }

    private static void Run(string sql)
    {
        using NpgsqlConnection connection = new(Server.Value.ConnectionString);
        connection.Open();
        using NpgsqlCommand command = new(sql, connection);
        command.ExecuteNonQuery();
    }
}
