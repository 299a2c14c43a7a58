using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Upstream;
using CocoonOrleans.Tests.Inference.HouseModel;
using CocoonOrleans.Tests.Inference.Native;
using CocoonOrleans.Tokenization.Chat;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Inference.Upstream;

/// <summary>A real model says the same in the process and through HTTP, token for token, whatever is asked of it.</summary>
public sealed class UpstreamAgreementTests : IAsyncLifetime, IDisposable
{
    private readonly TestMeters _meters = new();
    private OwnEngineServer? _server;
    private UpstreamEngine? _engine;

    public static TheoryData<string, SamplingOptions, string[], bool> Requests => new()
    {
        { "greedy", SamplingOptions.Greedy with { Seed = 1 }, [], true },
        { "seeded", new() { Seed = 7 }, [], true },
        { "a negative seed", new() { Seed = -7, TopP = 0.9, TopK = 20, MinP = 0.05 }, [], true },
        { "penalties", new() { Seed = 7, PresencePenalty = 0.5, FrequencyPenalty = 0.5, RepetitionPenalty = 1.2 }, [], true },
        { "bias", new() { Seed = 7, LogitBias = new Dictionary<int, double> { [300] = 5, [301] = -100 } }, [], true },
        { "a stop string", new() { Seed = 7 }, ["e"], true },
        { "no end", new() { Seed = 7 }, [], false },
        { "log-probabilities", new() { Seed = 7, TopLogprobs = 3 }, [], true },
    };

    public async Task InitializeAsync()
    {
        _server = await OwnEngineServer.StartAsync(HouseModelFolder.Path);
        _engine = new UpstreamEngine(Options.Create(new UpstreamEngineOptions()), _meters, TimeProvider.System, NullLogger<UpstreamEngine>.Instance);
        await _engine.LoadAsync(
            new ModelReference("house", HouseModelFolder.Path) { Upstream = new() { Address = _server.Address, Model = OwnEngineServer.Model, Weights = "house" } }, null, CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _engine!.DisposeAsync();
        await _server!.DisposeAsync();
    }

    public void Dispose() => _meters.Dispose();

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Answer_ThroughHttp_IsThatOfTheProcess(string what, SamplingOptions sampling, string[] stops, bool ends)
    {
        var request = new GenerationRequest
        {
            Model = OwnEngineServer.Model,
            PromptIds = Prompt(),
            MaxCompletionTokens = 40,
            Sampling = sampling,
            StopStrings = stops,
            StopIds = ends ? null : [],
        };

        var (here, there) = (await CollectAsync(_server!.Engine, request), await CollectAsync(_engine!, request with { Model = "house" }));

        Assert.True(here.Count > 1, what);
        Assert.Equal(Tokens(here).Select(token => (token.Id, token.Text)), Tokens(there).Select(token => (token.Id, token.Text)));
        Assert.Equal(Tokens(here).SelectMany(Likeliest), Tokens(there).SelectMany(Likeliest));
        var (end, endThere) = (Assert.IsType<GenerationFinished>(here[^1]), Assert.IsType<GenerationFinished>(there[^1]));
        Assert.Equal(end with { Usage = end.Usage with { CachedTokens = 0 } }, endThere);
    }

    private static int[] Prompt()
    {
        Assert.True(ChatCompletionRequest.TryParse("""{"model":"house","messages":[{"role":"user","content":"What is a worker?"}]}"""u8.ToArray(), out var request, out _));
        Assert.True(ChatModel.Load(HouseModelFolder.Path).TryEncodePrompt(request, out var ids, out _));
        return ids;
    }

    private static IEnumerable<TokenGenerated> Tokens(List<GenerationEvent> events) => events.OfType<TokenGenerated>();

    private static IEnumerable<(int Id, double Logprob)> Likeliest(TokenGenerated token)
        => token.Logprobs is { } logprobs ? [(token.Id, logprobs.Logprob), .. logprobs.Top.Select(other => (other.Id, other.Logprob))] : [];

    private static async Task<List<GenerationEvent>> CollectAsync(IInferenceEngine engine, GenerationRequest request)
    {
        var events = new List<GenerationEvent>();
        await foreach (var step in engine.GenerateAsync(request, CancellationToken.None))
        {
            events.Add(step);
        }

        return events;
    }
}
