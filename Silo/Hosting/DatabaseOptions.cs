using CocoonOrleans.Market.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CocoonOrleans.Silo.Hosting;

/// <summary>The database of ledger, grain state, reminders and membership; section <c>Database</c>.</summary>
public sealed class DatabaseOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Database";

    /// <summary>Which one.</summary>
    public DatabaseProvider Provider { get; set; }

    /// <summary>How to connect, as Npgsql takes it; for PostgreSQL, where <see cref="ConnectionStringFile"/> is not set. A secret: give it by the environment.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>A file with the connection string.</summary>
    public string? ConnectionStringFile { get; set; }

    /// <summary>Reads the section, and the connection string wherever it is.</summary>
    /// <param name="configuration">The silo's.</param>
    /// <returns>The provider, and how to connect to PostgreSQL; null for SQLite.</returns>
    /// <exception cref="OptionsValidationException">A setting is wrong. No message has a part of the connection string.</exception>
    public static (DatabaseProvider Provider, string? ConnectionString) Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var services = new ServiceCollection();
        services.AddStrictOptions<DatabaseOptions>(configuration.GetSection(Section));
        using ServiceProvider provider = services.BuildServiceProvider();
        DatabaseOptions options = provider.GetRequiredService<IOptions<DatabaseOptions>>().Value;
        if (options.Provider == DatabaseProvider.Sqlite)
        {
            return options.ConnectionString is null && options.ConnectionStringFile is null
                ? (DatabaseProvider.Sqlite, null)
                : throw Wrong("Database:ConnectionString and Database:ConnectionStringFile are for Database:Provider=PostgreSql alone.");
        }

        if (options.ConnectionString is null == options.ConnectionStringFile is null)
        {
            throw Wrong("Database:Provider=PostgreSql needs Database:ConnectionStringFile or Database:ConnectionString, and not both.");
        }

        return (DatabaseProvider.PostgreSql, Check(options.ConnectionString ?? ReadFile(options.ConnectionStringFile!)));
    }

    private static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Wrong($"Database:ConnectionStringFile can't be read: {exception.Message}");
        }
    }

    private static string Check(string connectionString)
    {
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(connectionString);
            return builder.Host is { Length: > 0 } ? connectionString : throw Wrong("Database:ConnectionString names no Host.");
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // Its message would quote what stands there.
            throw Wrong("Database:ConnectionString is none that Npgsql takes. It looks like: Host=...;Database=...;Username=...;Password=...");
        }
    }

    private static OptionsValidationException Wrong(string message) => new(Section, typeof(DatabaseOptions), [message]);
}
