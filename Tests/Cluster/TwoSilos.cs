using CocoonOrleans.Grains;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Ledger;
using CocoonOrleans.Silo.Hosting;
using CocoonOrleans.Tests.Cluster.CallGraph;
using CocoonOrleans.Tests.Cluster.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.TestingHost;

namespace CocoonOrleans.Tests.Cluster;

/// <summary>
/// Two silos in this process on one real database in a folder of their own. Grains and ledger go by <see cref="Clock"/>, which stands still until a
/// test moves it; the cluster itself goes by the real time.
/// </summary>
public sealed class TwoSilos : IAsyncLifetime
{
    /// <summary>What each new account is given.</summary>
    public const long Grant = 1_000_000_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cocoon-silos-");

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public CallRecorder Calls { get; } = new();

    public VoucherSigner Vouchers { get; } = new();

    public InProcessTestCluster Cluster { get; private set; } = null!;

    public IClusterClient Client => Cluster.Client;

    public IReadOnlyList<ILedger> Ledgers => [.. Cluster.Silos.Select(silo => silo.ServiceProvider.GetRequiredService<ILedger>())];

    public DateTimeOffset Now => Clock.GetUtcNow();

    public async Task InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSiloHost((_, host) =>
        {
            host.Environment.EnvironmentName = Environments.Development;
            host.Logging.ClearProviders();
            host.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Accounts:DevelopmentGrantNano"] = $"{Grant}",
                ["Accounts:KeyCache"] = "00:00:05",
                ["Sweeper:Interval"] = "00:10:00",
                ["Sweeper:Grace"] = "00:00:30",
                ["Workers:HeartbeatTimeout"] = "00:00:05",
                ["Market:OfferTtl"] = "00:00:30",
                ["Catalog:Models:0:Name"] = Sample.Model,
                ["Catalog:Models:0:ManifestSha256"] = Sample.Manifest,
                ["Catalog:Models:0:TokenizerSha256"] = Sample.Manifest,
                ["Catalog:Models:0:ContextTokens"] = "4096",
                ["Catalog:Models:0:DefaultMaxCompletionTokens"] = "256",
                ["Catalog:Models:0:Reserve:Prompt"] = "100",
            });
        });
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<TimeProvider>(Clock);
            silo.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
            silo.AddSiloDatabase(_folder.FullName, silo.Configuration);
            silo.Services.AddGrainServices(silo.Configuration);
            silo.Services.AddSingleton<IVoucherSigner>(Vouchers);
            silo.AddIncomingGrainCallFilter(Calls);
        });
        Cluster = builder.Build();
        await Cluster.DeployAsync();
    }

    public async Task DisposeAsync()
    {
        await Cluster.DisposeAsync();
        Vouchers.Dispose();
        _folder.Delete(recursive: true);
        Assert.Empty(Calls.Edges.Except(AllowedCalls.All));
    }
}

/// <summary>The two silos that most tests share.</summary>
[CollectionDefinition(Name)]
public sealed class TwoSilosCollection : ICollectionFixture<TwoSilos>
{
    public const string Name = "two silos";
}
