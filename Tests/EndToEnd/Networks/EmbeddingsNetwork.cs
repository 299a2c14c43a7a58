using CocoonOrleans.Tests.Inference;

namespace CocoonOrleans.Tests.EndToEnd.Networks;

/// <summary>
/// One network with a tiny encoder of random weights, as <c>cocoon up --model</c> starts it: the first worker computes it with libtorch, the second one with our own kernels.
/// </summary>
[CollectionDefinition(Collection)]
public sealed class EmbeddingsNetwork : IDisposable, IAsyncLifetime, ICollectionFixture<EmbeddingsNetwork>
{
    public const string Collection = "Embeddings network";

    private readonly TinyEncoder _model = new();
    private TestNetwork? _network;

    public TestNetwork Network => _network ?? throw new InvalidOperationException("The network has not started.");

    /// <summary>Where the model lies.</summary>
    public string Folder => _model.Folder;

    public async Task InitializeAsync() => _network = await TestNetwork.StartAsync(options => Task.FromResult(options with
    {
        ModelName = "tiny-embeddings",
        ModelFolder = _model.Folder,
        WorkerSettings = new Dictionary<int, IReadOnlyList<string>> { [0] = ["--Worker:Native:Backend=Torch"] },
    }));

    public async Task DisposeAsync() => await Network.DisposeAsync();

    public void Dispose() => _model.Dispose();
}
