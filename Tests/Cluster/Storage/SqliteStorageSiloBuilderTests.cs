using CocoonOrleans.Silo.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Cluster.Storage;

public sealed class SqliteStorageSiloBuilderTests
{
    [Fact]
    public async Task AddSqliteGrainStorage_NoPath_StopsTheStartAndNamesIt()
    {
        using IHost host = Build(_ => { });

        OptionsValidationException refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("Path", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddSqliteGrainStorage_FolderMissing_StopsTheStart()
    {
        using IHost host = Build(options => options.Path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "grains.db"));

        await Assert.ThrowsAsync<SqliteException>(() => host.StartAsync());
    }

    private static IHost Build(Action<SqliteStorageOptions> configure)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        (int siloPort, int gatewayPort) = FreePorts.TakeTwo();
        builder.UseOrleans(silo => silo.UseLocalhostClustering(siloPort, gatewayPort).AddSqliteGrainStorage("Default", configure));
        return builder.Build();
    }
}
