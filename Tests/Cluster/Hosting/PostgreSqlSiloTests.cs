using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Silo.Hosting;
using CocoonOrleans.Tests.Cluster.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Storage;

namespace CocoonOrleans.Tests.Cluster.Hosting;

/// <summary>Silos that find each other, and keep everything, in PostgreSQL, as processes do it.</summary>
public sealed class PostgreSqlSiloTests : IAsyncLifetime
{
    private const string State = "counter";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cocoon-silos-");
    private readonly List<IHost> _silos = [];
    private string _connectionString = "";

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (IHost silo in _silos)
        {
            await silo.StopAsync();
            silo.Dispose();
        }

        if (_connectionString.Length > 0)
        {
            PostgreSqlTestServer.DropDatabase(_connectionString);
        }

        _folder.Delete(recursive: true);
    }

    [SkippableFact]
    public async Task TwoSilos_OnOneDatabase_AreOneCluster()
    {
        // As silos run in a cluster that its operator keeps tight: deploy/sql/roles/silo.sql.
        _connectionString = PostgreSqlTestServer.AsSilo(PostgreSqlTestServer.CreateLedgerDatabase());
        IHost first = await StartAsync(), second = await StartAsync();

        // Membership: both are there, and know of each other.
        var membership = first.Services.GetRequiredService<IMembershipTable>();
        await Eventually.GetAsync("two active silos", () => CountActiveAsync(membership), count => count == 2);

        // One book.
        await Ledger(first).ExecuteAsync([new CreateAccount("client-1", AccountClass.Client, "")], CancellationToken.None);
        Assert.NotNull(await Ledger(second).GetAccountAsync("client-1", CancellationToken.None));

        // A silo that leaves is seen to leave, and the other goes on.
        await first.StopAsync();
        membership = second.Services.GetRequiredService<IMembershipTable>();
        await Eventually.GetAsync("one active silo", () => CountActiveAsync(membership), count => count == 1);
        Assert.Empty(await Ledger(second).CheckInvariantsAsync(CancellationToken.None));
        await membership.CleanupDefunctSiloEntriesAsync(TimeProvider.System.GetUtcNow().AddDays(1), CancellationToken.None);
        Assert.Single((await membership.ReadAllAsync(CancellationToken.None)).Members);
    }

    [SkippableFact]
    public async Task GrainStorage_WrittenReadClearedAndWrittenWithAStaleTag_KeepsTheNewest()
    {
        _connectionString = PostgreSqlTestServer.CreateDatabase();
        IHost silo = await StartAsync();
        var storage = silo.Services.GetRequiredKeyedService<IGrainStorage>("Default");
        GrainId grain = GrainId.Create("test", Guid.NewGuid().ToString("N"));
        GrainState<CounterState> mine = new(new CounterState { Count = 5 }), theirs = new(), third = new();
        await storage.ReadStateAsync(State, grain, theirs);
        Assert.False(theirs.RecordExists);

        await storage.WriteStateAsync(State, grain, mine);
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync(State, grain, theirs));
        await storage.ReadStateAsync(State, grain, theirs);
        Assert.Equal((5, mine.ETag, true), (theirs.State!.Count, theirs.ETag, theirs.RecordExists));
        string? stale = mine.ETag;
        await storage.WriteStateAsync(State, grain, theirs);
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync(State, grain, mine));

        await storage.ClearStateAsync(State, grain, theirs);
        await storage.ReadStateAsync(State, grain, third);
        Assert.False(third.RecordExists);
        third.State = new CounterState { Count = 7 };
        await storage.WriteStateAsync(State, grain, third);
        mine.ETag = stale;
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync(State, grain, mine));
    }

    [SkippableFact]
    public async Task Reminders_OfAnyHash_AreFoundByNameAndRange()
    {
        _connectionString = PostgreSqlTestServer.CreateDatabase();
        IHost silo = await StartAsync();
        var reminders = silo.Services.GetRequiredService<IReminderTable>();
        GrainId[] grains = [.. Enumerable.Range(0, 20).Select(number => GrainId.Create("reminded", $"{number}"))];
        DateTime at = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        foreach (GrainId grain in grains)
        {
            await reminders.UpsertRow(new ReminderEntry { GrainId = grain, ReminderName = "tick", StartAt = at, Period = TimeSpan.FromMinutes(1) });
        }

        ReminderEntry entry = (await reminders.ReadRow(grains[0], "tick"))!;
        Assert.Equal((at, TimeSpan.FromMinutes(1)), (entry.StartAt.ToUniversalTime(), entry.Period));
        uint middle = grains[7].GetUniformHashCode();
        int OfThese(ReminderTableData rows) => rows.Reminders.Count(row => grains.Contains(row.GrainId));
        Assert.Equal(grains.Length, OfThese(await reminders.ReadRows(middle, middle)));
        foreach ((uint begin, uint end) in new[] { (0u, middle), (middle, 0u), (middle, uint.MaxValue), (int.MaxValue - 5u, int.MaxValue + 5u) })
        {
            int expected = grains.Count(grain => begin < end ? grain.GetUniformHashCode() > begin && grain.GetUniformHashCode() <= end : grain.GetUniformHashCode() > begin || grain.GetUniformHashCode() <= end);
            Assert.Equal(expected, OfThese(await reminders.ReadRows(begin, end)));
        }

        string old = entry.ETag!;
        await reminders.UpsertRow(entry);
        Assert.False(await reminders.RemoveRow(grains[0], "tick", old));
        Assert.True(await reminders.RemoveRow(grains[0], "tick", (await reminders.ReadRow(grains[0], "tick"))!.ETag!));
        Assert.Null(await reminders.ReadRow(grains[0], "tick"));
    }

    [Theory]
    [InlineData("Database:Provider", "PostgreSql", "Database:ConnectionStringFile or Database:ConnectionString")]
    [InlineData("Database:ConnectionString", "Host=x", "for Database:Provider=PostgreSql alone")]
    [InlineData("Database:Provder", "Sqlite", "Database:Provder is not a setting. The nearest one is Database:Provider.")]
    public void AddSilo_WrongDatabaseSetting_IsRefusedWithItsKey(string key, string value, string expected)
    {
        OptionsValidationException error = Assert.Throws<OptionsValidationException>(() => Build((key, value)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Password=hunter2;Nonsense=1")]
    [InlineData("Username=x;Password=hunter2")]
    public void AddSilo_ConnectionStringThatIsNone_IsRefusedWithoutShowingIt(string connectionString)
    {
        OptionsValidationException error = Assert.Throws<OptionsValidationException>(
            () => Build(("Database:Provider", "PostgreSql"), ("Database:ConnectionString", connectionString)));

        Assert.Contains("Database:ConnectionString", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NoServerThere_SaysWhereItLooked()
    {
        string file = Path.Combine(_folder.FullName, "database");
        await File.WriteAllTextAsync(file, "Host=127.0.0.1;Port=1;Username=x;Password=hunter2;Timeout=1\n");
        using IHost host = Build(("Database:Provider", "PostgreSql"), ("Database:ConnectionStringFile", file));

        IOException error = await Assert.ThrowsAsync<IOException>(() => host.StartAsync());

        Assert.Contains("127.0.0.1:1", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    private static async Task<int> CountActiveAsync(IMembershipTable membership) =>
        (await membership.ReadAllAsync(CancellationToken.None)).Members.Count(member => member.Item1.Status == SiloStatus.Active);

    private static ILedger Ledger(IHost silo) => silo.Services.GetRequiredService<ILedger>();

    private async Task<IHost> StartAsync()
    {
        IHost silo = Build(("Database:Provider", "PostgreSql"), ("Database:ConnectionString", _connectionString));
        _silos.Add(silo);
        await silo.StartAsync();
        return silo;
    }

    private IHost Build(params (string Key, string Value)[] settings)
    {
        (int port, int gatewayPort) = FreePorts.TakeTwo();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Development });
        builder.Configuration.AddInMemoryCollection(
            settings.Concat([("Silo:DataFolder", _folder.FullName), ("Silo:Port", $"{port}"), ("Silo:GatewayPort", $"{gatewayPort}")])
                .ToDictionary(pair => pair.Item1, string? (pair) => pair.Item2));
        builder.AddSilo();
        return builder.Build();
    }
}
