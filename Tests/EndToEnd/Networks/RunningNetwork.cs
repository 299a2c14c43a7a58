using CocoonOrleans.Cli.Accounts;

namespace CocoonOrleans.Tests.EndToEnd.Networks;

/// <summary>One network with two native workers, as <c>cocoon up</c> starts it, shared by all tests that break nothing.</summary>
[CollectionDefinition(Collection)]
public sealed class RunningNetwork : IAsyncLifetime, ICollectionFixture<RunningNetwork>
{
    public const string Collection = "Running network";

    private TestNetwork? _network;

    public TestNetwork Network => _network ?? throw new InvalidOperationException("The network has not started.");

    public Uri Url => Network.Url;

    public string Model => Network.Model;

    public string Key => Network.Key;

    public Task<NewAccount> CreateAccountAsync() => Network.CreateAccountAsync();

    public async Task InitializeAsync() => _network = await TestNetwork.StartAsync();

    public async Task DisposeAsync() => await Network.DisposeAsync();
}
