namespace CocoonOrleans.Tests.EndToEnd.Networks;

/// <summary>One network with native workers whose model may call functions; shared by tests that hold its answers to a schema.</summary>
[CollectionDefinition(Collection)]
public sealed class StructuredNetwork : IDisposable, IAsyncLifetime, ICollectionFixture<StructuredNetwork>
{
    public const string Collection = "Structured network";

    private readonly ToolModelFolder _model = new();
    private TestNetwork? _network;

    public TestNetwork Network => _network ?? throw new InvalidOperationException("The network has not started.");

    public async Task InitializeAsync() => _network = await TestNetwork.StartAsync(options => Task.FromResult(options with { ModelFolder = _model.Path, Workers = 1 }));

    public async Task DisposeAsync() => await Network.DisposeAsync();

    public void Dispose() => _model.Dispose();
}
