using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Sqlite;
using CocoonOrleans.Market;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Cluster.Ledger.Sqlite;

public sealed class SqliteLedgerServicesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("services-");

    private string File => Path.Combine(_folder.FullName, "ledger.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task AddSqliteLedger_HostStarts_OpensTheLedger()
    {
        using IHost host = Build(options => options.Path = File);
        await host.StartAsync();

        Assert.True(System.IO.File.Exists(File));
        await host.StopAsync();
    }

    [Theory]
    [InlineData("Path")]
    [InlineData("QueueLength")]
    [InlineData("BatchSize")]
    [InlineData("BusyTimeoutSeconds")]
    public async Task AddSqliteLedger_OptionOutOfRange_StopsTheStartAndNamesIt(string option)
    {
        using IHost host = Build(options =>
        {
            options.Path = option == "Path" ? "" : File;
            options.QueueLength = option == "QueueLength" ? 0 : 1;
            options.BatchSize = option == "BatchSize" ? 5000 : 1;
            options.BusyTimeoutSeconds = option == "BusyTimeoutSeconds" ? 0 : 1;
        });

        OptionsValidationException refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains(option, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddSqliteLedger_FolderMissing_StopsTheStart()
    {
        using IHost host = Build(options => options.Path = Path.Combine(_folder.FullName, "missing", "ledger.db"));

        await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => host.StartAsync());
    }

    [Fact]
    public async Task AddSqliteLedger_DefaultOptions_KeepTheTreasuryClosed()
    {
        using IHost host = Build(options => options.Path = File);
        await host.StartAsync();
        Transfer funding = new(Guid.CreateVersion7(), WellKnownAccounts.Treasury, WellKnownAccounts.Grants, new Nano(1), "funding");

        IReadOnlyList<LedgerResult> results = await host.Services.GetRequiredService<ILedger>().ExecuteAsync([funding], CancellationToken.None);

        Assert.Equal([new AccountRefused(WellKnownAccounts.Treasury, AccountRefusal.TreasuryClosed)], results);
        await host.StopAsync();
    }

    private static IHost Build(Action<SqliteLedgerOptions> configure)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging().AddSqliteLedger(configure);
        return builder.Build();
    }
}
