using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;

namespace CocoonOrleans.Silo.Storage;

/// <summary>Adds grain storage and reminders in one SQLite file to a silo; both share one file and one writer.</summary>
public static class SqliteStorageSiloBuilder
{
    /// <summary>Adds a grain storage. The file is opened when the silo starts: a wrong path stops the start.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">The storage's name, as grains ask for it; part of the key of what it stores.</param>
    /// <param name="configure">Sets options; what several calls set is joined.</param>
    public static ISiloBuilder AddSqliteGrainStorage(this ISiloBuilder builder, string name, Action<SqliteStorageOptions>? configure = null)
    {
        AddFile(builder, configure);
        builder.Services.AddGrainStorage(name, (services, key) => ActivatorUtilities.CreateInstance<SqliteGrainStorage>(services, key));
        return builder;
    }

    /// <summary>Keeps reminders in the file. It is opened when the silo starts: a wrong path stops the start.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configure">Sets options; what several calls set is joined.</param>
    public static ISiloBuilder UseSqliteReminders(this ISiloBuilder builder, Action<SqliteStorageOptions>? configure = null)
    {
        AddFile(builder, configure);
        builder.AddReminders();
        builder.Services.AddSingleton<IReminderTable, SqliteReminderTable>();
        return builder;
    }

    private static void AddFile(ISiloBuilder builder, Action<SqliteStorageOptions>? configure)
    {
        builder.Services.AddOptions<SqliteStorageOptions>()
            .Configure(options => configure?.Invoke(options))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        if (builder.Services.All(service => service.ServiceType != typeof(SqliteStorage)))
        {
            builder.Services.AddSingleton<SqliteStorage>();
            builder.AddStartupTask(
                (services, _) => Task.FromResult(services.GetRequiredService<SqliteStorage>()), ServiceLifecycleStage.RuntimeInitialize);
        }
    }
}
