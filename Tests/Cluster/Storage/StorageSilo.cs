using CocoonOrleans.Silo.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;

namespace CocoonOrleans.Tests.Cluster.Storage;

/// <summary>One real silo whose grain state and reminders are in a SQLite file.</summary>
public sealed class StorageSilo : IAsyncLifetime
{
    public const string OtherStorage = "other";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("storage-");
    private InProcessTestCluster? _cluster;

    public string File => Path.Combine(_folder.FullName, "grains.db");

    public InProcessTestCluster Cluster => _cluster ?? throw new InvalidOperationException("The silo is not started.");

    public IGrainStorage Storage => Services.GetRequiredService<IGrainStorage>();

    public IReminderTable Reminders => Services.GetRequiredService<IReminderTable>();

    public IServiceProvider Services => Cluster.Silos[0].ServiceProvider;

    public ICounterGrain Counter(string key) => Cluster.Client.GetGrain<ICounterGrain>(key);

    public Task InitializeAsync() => StartAsync("service-1");

    /// <summary>Stops the silo and starts another on the same file.</summary>
    public async Task RestartAsync(string serviceId = "service-1")
    {
        await Cluster.DisposeAsync();
        await StartAsync(serviceId);
    }

    /// <summary>Keeps every writer out of the file until disposed.</summary>
    public IDisposable Lock()
    {
        SqliteConnection connection = new($"Data Source={File};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        return connection;
    }

    public async Task DisposeAsync()
    {
        await Cluster.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task StartAsync(string serviceId)
    {
        InProcessTestClusterBuilder builder = new(1);
        builder.Options.ServiceId = serviceId;
        builder.ConfigureSilo((_, silo) => silo
            .AddSqliteGrainStorage("Default", options =>
            {
                options.Path = File;
                options.BusyTimeoutSeconds = 1;
                options.MaxStateBytes = 10_000;
            })
            .AddSqliteGrainStorage(OtherStorage)
            .UseSqliteReminders());
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }
}
