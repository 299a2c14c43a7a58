using System.Text.Json.Nodes;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Upstream;
using CocoonOrleans.Tests.Inference.Engines;
using CocoonOrleans.Tests.Inference.Native;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Inference.Upstream;

/// <summary>The contract, with a stand-in for the server that the engine needs, and what such a server may do wrong.</summary>
public abstract class UpstreamEmbeddingContract(UpstreamDialect dialect) : EmbeddingContract
{
    private readonly TinyModel _model = new();
    private readonly TestMeters _meters = new();
    private StandInServer? _server;

    public static TheoryData<string> Lies => [.. Changes.Keys];

    private static Dictionary<string, Action<JsonObject>> Changes { get; } = new()
    {
        ["no data"] = answer => answer.Remove("data"),
        ["too few"] = answer => answer["data"]!.AsArray().RemoveAt(0),
        ["too many"] = answer => answer["data"]!.AsArray().Add(answer["data"]![0]!.DeepClone()),
        ["an index twice"] = answer => answer["data"]![1]!["index"] = 0,
        ["an index beyond"] = answer => answer["data"]![1]!["index"] = 2,
        ["a negative index"] = answer => answer["data"]![1]!["index"] = -1,
        ["a narrow vector"] = answer => answer["data"]![1]!["embedding"]!.AsArray().RemoveAt(0),
        ["a wide vector"] = answer => answer["data"]![1]!["embedding"]!.AsArray().Add(1),
        ["a text for a number"] = answer => answer["data"]![1]!["embedding"]![0] = "NaN",
        ["a number beyond all"] = answer => answer["data"]![1]!["embedding"]![0] = JsonNode.Parse("1e999"),
        ["a text for a vector"] = answer => answer["data"]![1]!["embedding"] = "AAAAAA==",
        ["another model"] = answer => answer["model"] = "other",
    };

    private StandInServer Server => _server ?? throw new InvalidOperationException("not started");

    protected override async Task PrepareAsync() => _server = await StandInServer.StartAsync(dialect);

    protected override ModelReference Reference(string name)
    {
        var upstream = Server.Options();
        (upstream.ContextTokens, upstream.Embeds) = (512, true);
        return new ModelReference(name, _model.Folder) { Upstream = upstream };
    }

    protected override IInferenceEngine Start()
        => new UpstreamEngine(Options.Create(new UpstreamEngineOptions { Slots = 2, Queue = 2 }), _meters, Time, NullLogger<UpstreamEngine>.Instance);

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Server.DisposeAsync();
    }

    public override void Dispose()
    {
        _meters.Dispose();
        _model.Dispose();
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task Embed_ServerSendsWhatIsNoAnswer_IsRefusedAndNothingOfItIsBelieved(string lie)
    {
        Server.ChangeVectors = Changes[lie];

        Assert.Equal(EngineRefusalKind.OutOfService, (await RefusalAsync(Request([5], [6]))).Kind);
    }

    [Fact]
    public async Task Embed_ServerBreaksOffInALaterPart_FailsAsAWhole()
    {
        var asked = 0;
        Server.ChangeVectors = answer =>
        {
            if (++asked > 1)
            {
                answer.Remove("data");
            }
        };

        var error = await Assert.ThrowsAsync<GenerationFailedException>(
            () => Engine.EmbedAsync(Request([.. Enumerable.Range(0, 80).Select(i => (int[])[5 + i])]), CancellationToken.None));

        Assert.Equal((GenerationFailure.Upstream, 80), (error.Failure, error.Usage.PromptTokens));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Embed_VectorOfZeros_HasNoDirection()
    {
        Server.ChangeVectors = answer => answer["data"]![0]!["embedding"] = new JsonArray([.. Enumerable.Repeat(0, StandInServer.VectorSize).Select(zero => (JsonNode)zero)]);

        var error = await Assert.ThrowsAsync<GenerationFailedException>(() => Engine.EmbedAsync(Request([5]), CancellationToken.None));

        Assert.Equal(GenerationFailure.NotANumber, error.Failure);
    }

    [Fact]
    public async Task Load_ServerWithAnotherTokenizer_IsRefused()
    {
        Server.IdOffset = 1;

        var error = await Assert.ThrowsAsync<UpstreamException>(() => Engine.LoadAsync(Reference("other"), null, CancellationToken.None));

        Assert.Contains("token ids are not those", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_ServerThatMakesNoEmbeddings_IsRefused()
    {
        Server.ChangeVectors = answer => answer.Remove("data");

        var error = await Assert.ThrowsAsync<UpstreamException>(() => Engine.LoadAsync(Reference("other"), null, CancellationToken.None));

        Assert.Contains("no vector", error.Message, StringComparison.Ordinal);
    }
}

public sealed class VllmUpstreamEmbeddingContractTests() : UpstreamEmbeddingContract(UpstreamDialect.Vllm);

public sealed class LlamaServerUpstreamEmbeddingContractTests() : UpstreamEmbeddingContract(UpstreamDialect.LlamaServer);
