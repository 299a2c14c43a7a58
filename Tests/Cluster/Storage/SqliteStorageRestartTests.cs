namespace CocoonOrleans.Tests.Cluster.Storage;

public sealed class SqliteStorageRestartTests : IAsyncLifetime
{
    private readonly StorageSilo _silo = new();

    public Task InitializeAsync() => _silo.InitializeAsync();

    public Task DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task Silo_Restarted_KeepsStateAndReminders()
    {
        await _silo.Counter("a").Add(5);
        await _silo.Counter("b").StartCounting();

        await _silo.RestartAsync();

        Assert.Equal(6, await _silo.Counter("a").Add(1));
        Assert.Equal(["count"], await _silo.Counter("b").ListReminders());
    }

    [Fact]
    public async Task Silo_StateCleared_IsGoneAfterARestart()
    {
        await _silo.Counter("a").Add(5);
        await _silo.Counter("a").Clear();

        await _silo.RestartAsync();

        Assert.Equal(0, await _silo.Counter("a").Read());
    }

    [Fact]
    public async Task Silo_OfAnotherService_SeesNothing()
    {
        await _silo.Counter("a").Add(5);
        await _silo.Counter("b").StartCounting();

        await _silo.RestartAsync("service-2");

        Assert.Equal(0, await _silo.Counter("a").Read());
        Assert.Empty(await _silo.Counter("b").ListReminders());
    }
}
