using Npgsql;

namespace CocoonOrleans.Ledger.PostgreSql;

/// <summary>Versioned steps that make a database's tables. A step that was released never changes: what comes later is a new step.</summary>
/// <param name="name">Whose steps, such as <c>ledger</c>; several kinds share a database.</param>
/// <param name="steps">The SQL of each step, in order.</param>
public sealed class PostgreSqlSchema(string name, IReadOnlyList<string> steps)
{
    /// <summary>The advisory lock under which steps are taken: "Ckmi" in ASCII.</summary>
    private const long Lock = 0x436b6d69;

    /// <summary>Reads the steps from an assembly's resources, in the order of their names.</summary>
    /// <param name="name">Whose steps, such as <c>ledger</c>.</param>
    /// <param name="anchor">A type in the namespace that <paramref name="folder"/> is below.</param>
    /// <param name="folder">The folder, such as <c>Schema</c>.</param>
    public static PostgreSqlSchema FromResources(string name, Type anchor, string folder)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        string prefix = $"{anchor.Namespace}.{folder}.";
        List<string> steps = [];
        foreach (string resource in anchor.Assembly.GetManifestResourceNames().Where(resource => resource.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using StreamReader reader = new(anchor.Assembly.GetManifestResourceStream(resource)!);
            steps.Add(reader.ReadToEnd());
        }

        return new PostgreSqlSchema(name, steps);
    }

    /// <summary>
    /// Brings the tables to the newest version, in one transaction under an advisory lock: processes that start at once don't collide. Where nothing is to be
    /// done, only reading is: a role that may not make tables can start on a database that another one has brought up to date.
    /// </summary>
    /// <param name="source">Where to connect.</param>
    /// <exception cref="InvalidDataException">The tables were made by a newer version of this program.</exception>
    /// <exception cref="IOException">The database can't be reached, or doesn't let this role make tables; says where it is, and nothing secret.</exception>
    public void Apply(NpgsqlDataSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            Bring(source);
        }
        catch (NpgsqlException exception)
        {
            NpgsqlConnectionStringBuilder place = new(source.ConnectionString);
            throw new IOException(
                $"The database {place.Database} at {place.Host}:{place.Port} can't be used: {exception.Message} Start it, or correct its connection string.", exception);
        }
    }

    private void Bring(NpgsqlDataSource source)
    {
        using NpgsqlConnection connection = source.OpenConnection();
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        Run(connection, $"SELECT pg_advisory_xact_lock({Lock})");
        int version = Read(connection);
        if (version > steps.Count)
        {
            throw new InvalidDataException(
                $"The database '{connection.Database}' has version {version} of the {name} tables, and this program knows {steps.Count} at most. Run the newer program.");
        }

        if (version == steps.Count)
        {
            return;
        }

        foreach (string step in steps.Skip(version))
        {
            Run(connection, step);
        }

        using NpgsqlCommand write = new(
            "INSERT INTO schema_versions (name, version) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET version = excluded.version", connection)
        {
            Parameters = { new() { Value = name }, new() { Value = steps.Count } },
        };
        write.ExecuteNonQuery();
        transaction.Commit();
    }

    private int Read(NpgsqlConnection connection)
    {
        using NpgsqlCommand exists = new("SELECT to_regclass('schema_versions') IS NOT NULL", connection);
        if (exists.ExecuteScalar() is not true)
        {
            Run(connection, "CREATE TABLE schema_versions (name TEXT NOT NULL PRIMARY KEY, version INT NOT NULL)");
        }

        using NpgsqlCommand read = new("SELECT version FROM schema_versions WHERE name = $1", connection) { Parameters = { new() { Value = name } } };
        return read.ExecuteScalar() is int version ? version : 0;
    }

    private static void Run(NpgsqlConnection connection, string sql)
    {
        // One round trip for all of the text's statements; Npgsql knows dollar quotes.
        using NpgsqlCommand command = new(sql, connection);
        command.ExecuteNonQuery();
    }
}
