using System.Text.Json;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Upstream;
using CocoonOrleans.Tests.Inference.HouseModel;
using CocoonOrleans.Tests.Inference.Native;
using CocoonOrleans.Tokenization.Chat;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Inference.Upstream;

/// <summary>
/// Against a real llama-server with the house model, where one runs: <c>./cocoon model export-gguf models/house house.gguf</c>, <c>llama-server -m house.gguf
/// --parallel 2 -c 1024</c>, and its address in COCOON_LLAMA_SERVER. Both compute the same float32 weights, so greedy answers are the same. Another one with
/// stories260K.gguf, whose tokenizer is a SentencePiece one, in COCOON_LLAMA_SERVER_STORIES260K.
/// </summary>
public sealed class RealLlamaServerTests : IAsyncLifetime, IDisposable
{
    private static readonly string? Address = Environment.GetEnvironmentVariable("COCOON_LLAMA_SERVER");
    private static readonly string? StoriesAddress = Environment.GetEnvironmentVariable("COCOON_LLAMA_SERVER_STORIES260K");

    private readonly TestMeters _meters = new();
    private readonly HttpClient _http = new();
    private ServiceProvider? _services;
    private UpstreamEngine? _engine;

    public async Task InitializeAsync()
    {
        if (Address is null)
        {
            return;
        }

        _services = new ServiceCollection().AddLogging().AddNativeEngine().BuildServiceProvider();
        await Native.LoadAsync(new ModelReference("house", HouseModelFolder.Path), null, CancellationToken.None);
        _engine = NewEngine();
        await LoadAsync(_engine, "house", HouseModelFolder.Path, Address);
    }

    public async Task DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
            await _services!.DisposeAsync();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _meters.Dispose();
    }

    [SkippableTheory]
    [InlineData("What is 23 + 58?", 1, 0)]
    [InlineData("What is a worker?", 1, 0)]
    [InlineData("Tell me about yourself.", 1, 0)]
    [InlineData("What is a worker?", 1.3, 0)]
    [InlineData("What is a worker?", 1, -100)]
    public async Task Greedy_SaysWhatOurEngineSays(string question, double repetitionPenalty, double bias)
    {
        Skip.If(Address is null, "COCOON_LLAMA_SERVER names no llama-server");
        var request = Request(question) with { Sampling = SamplingOptions.Greedy with { RepetitionPenalty = repetitionPenalty } };
        if (bias != 0)
        {
            // Whatever it would say first, it mustn't.
            var first = (await CollectAsync(Native, request)).OfType<TokenGenerated>().First().Id;
            request = request with { Sampling = request.Sampling with { LogitBias = new Dictionary<int, double> { [first] = bias } } };
        }

        var (here, there) = (await CollectAsync(Native, request), await CollectAsync(Upstream, request));

        Assert.Equal(Text(here), Text(there));
        Assert.Equal(End(here).Reason, End(there).Reason);
        Assert.Equal(End(here).Usage.CompletionTokens, End(there).Usage.CompletionTokens);
    }

    [SkippableFact]
    public async Task SameSeed_SaysTheSame_AnotherOneSomethingElse()
    {
        Skip.If(Address is null, "COCOON_LLAMA_SERVER names no llama-server");
        var texts = new List<string>();
        foreach (var seed in (long[])[7, 7, 8, 9])
        {
            texts.Add(Text(await CollectAsync(Upstream, Request("Tell me about yourself.") with { Sampling = new() { Temperature = 2, Seed = seed }, StopIds = [] })));
        }

        Assert.Equal(texts[0], texts[1]);
        Assert.Equal(3, texts.Distinct().Count());
    }

    [SkippableFact]
    public async Task StopString_EndsBeforeIt()
    {
        Skip.If(Address is null, "COCOON_LLAMA_SERVER names no llama-server");
        var whole = Text(await CollectAsync(Upstream, Request("What is a worker?")));
        var stop = whole.Substring(whole.Length / 2, 3);

        var events = await CollectAsync(Upstream, Request("What is a worker?") with { StopStrings = [stop] });

        Assert.Equal((whole[..whole.IndexOf(stop, StringComparison.Ordinal)], FinishReason.Stop), (Text(events), End(events).Reason));
    }

    [SkippableFact]
    public async Task NoEnd_GoesOnToTheLimit()
    {
        Skip.If(Address is null, "COCOON_LLAMA_SERVER names no llama-server");
        var events = await CollectAsync(Upstream, Request("What is a worker?") with { StopIds = [], MaxCompletionTokens = 120 });

        // Counted from the text: what the model says can be written with fewer tokens, never with more than it took.
        Assert.Equal(FinishReason.Length, End(events).Reason);
        Assert.InRange(End(events).Usage.CompletionTokens, 80, 120);
    }

    [SkippableFact]
    public async Task LeftEarly_FreesItsSlotThere()
    {
        Skip.If(Address is null, "COCOON_LLAMA_SERVER names no llama-server");
        await foreach (var _ in Upstream.GenerateAsync(Request("Tell me about yourself.") with { StopIds = [], MaxCompletionTokens = 480 }, CancellationToken.None))
        {
            break;
        }

        await Eventually.EqualAsync(0, () => Busy(), "slots that still compute");
    }

    [SkippableFact]
    public async Task SentencePiece_Greedy_GivesTheRecordedText()
    {
        Skip.If(StoriesAddress is null, "COCOON_LLAMA_SERVER_STORIES260K names no llama-server");
        await using var engine = NewEngine();
        var model = await LoadAsync(engine, "stories", Stories260K.Folder, StoriesAddress);

        var events = await CollectAsync(engine, new() { Model = "stories", PromptIds = Stories260K.Prompt, MaxCompletionTokens = 400, Sampling = SamplingOptions.Greedy });

        var whole = model.Tokenizer.Decode([.. Stories260K.Prompt, .. Stories260K.Answer]);
        Assert.Equal(whole[model.Tokenizer.Decode(Stories260K.Prompt).Length..], Text(events));
        Assert.Equal(FinishReason.Stop, End(events).Reason);
        Assert.InRange(End(events).Usage.CompletionTokens, 300, Stories260K.Answer.Length);
    }

    private UpstreamEngine NewEngine() => new(Options.Create(new UpstreamEngineOptions { Slots = 2 }), _meters, TimeProvider.System, NullLogger<UpstreamEngine>.Instance);

    private async Task<LoadedModel> LoadAsync(UpstreamEngine engine, string name, string folder, string address)
    {
        using var models = JsonDocument.Parse(await _http.GetStringAsync($"{address}/v1/models"));
        var served = models.RootElement.GetProperty("data")[0].GetProperty("id").GetString()!;
        return await engine.LoadAsync(new ModelReference(name, folder) { Upstream = new() { Address = address, Model = served, Weights = name } }, null, CancellationToken.None);
    }

    private IInferenceEngine Native => _services!.GetRequiredService<IInferenceEngine>();

    private UpstreamEngine Upstream => _engine!;

    private int Busy()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Address}/slots");
        using var response = _http.Send(request);
        using var slots = JsonDocument.Parse(response.Content.ReadAsStream());
        return slots.RootElement.EnumerateArray().Count(slot => slot.GetProperty("is_processing").GetBoolean());
    }

    private static GenerationRequest Request(string question)
    {
        Assert.True(ChatCompletionRequest.TryParse(JsonSerializer.SerializeToUtf8Bytes(new { model = "house", messages = new[] { new { role = "user", content = question } } }), out var request, out _));
        var chat = ChatModel.Load(HouseModelFolder.Path);
        Assert.True(chat.TryEncodePrompt(request, out var ids, out _));
        return new GenerationRequest { Model = "house", PromptIds = ids, MaxCompletionTokens = 60, Sampling = SamplingOptions.Greedy, StopIds = [.. chat.StopIds] };
    }

    private static string Text(List<GenerationEvent> events) => string.Concat(events.Select(step => step.Text));

    private static GenerationFinished End(List<GenerationEvent> events) => Assert.IsType<GenerationFinished>(events[^1]);

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
