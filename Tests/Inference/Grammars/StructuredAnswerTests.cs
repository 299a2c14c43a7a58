using System.Text;
using System.Text.Json;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Grammars;
using CocoonOrleans.Inference.Native;
using CocoonOrleans.Tests.Inference.HouseModel;
using CocoonOrleans.Tests.Inference.Native;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.Tokenizers;
using Json.Schema;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace CocoonOrleans.Tests.Inference.Grammars;

/// <summary>Whole answers of the engine, judged by another implementation of JSON Schema.</summary>
public sealed class StructuredAnswerTests(ITestOutputHelper output) : IDisposable
{
    private static readonly EvaluationOptions Strict = new() { RequireFormatValidation = true };

    private static readonly int HouseVocabulary = Tokenizer.Load(HouseModelFolder.Path).VocabularySize;

    private readonly TestMeters _meters = new();

    public void Dispose() => _meters.Dispose();

    [Fact]
    [Trait(LongRun.Trait, LongRun.Category)]
    public async Task Generate_RandomLogits_ThousandOfThousandAnswersSatisfyTheirSchema()
    {
        await using var engine = await StartAsync(HouseModelFolder.Path, new RandomDecoder(HouseVocabulary, seed: 1));

        await RequireValidAnswersAsync(engine, SampleSchemas.Bounded, [1, 2, 3], LongRun.Rounds(1_000, 50_000));
    }

    [Fact]
    [Trait(LongRun.Trait, LongRun.Category)]
    public async Task Generate_SchemasWithoutBounds_AnswersSatisfyThem()
    {
        var tokenizer = Tokenizer.Load(HouseModelFolder.Path);
        var ends = Enumerable.Range(0, HouseVocabulary).Where(id => tokenizer.BytesOf(id) is [(byte)'"' or (byte)'}' or (byte)']']).ToArray();
        await using var engine = await StartAsync(HouseModelFolder.Path, new RandomDecoder(HouseVocabulary, seed: 2, ends));

        await RequireValidAnswersAsync(engine, SampleSchemas.OpenEnded, [1, 2, 3], LongRun.Rounds(300, 10_000));
    }

    [Fact]
    public async Task Generate_HouseModel_AnswersSatisfyTheirSchema()
    {
        await using var engine = await StartAsync(HouseModelFolder.Path);
        var chat = ChatModel.Load(HouseModelFolder.Path);
        Assert.True(chat.TryEncodePrompt(new ChatCompletionRequest { Model = "house", Messages = [new ChatMessage(ChatRole.User, "What is 3 + 4?")] }, out var prompt, out _));

        await RequireValidAnswersAsync(engine, SampleSchemas.Bounded, prompt, 2 * SampleSchemas.Bounded.Length);
    }

    [SkippableFact]
    public async Task Generate_SentencePieceModel_AnswersSatisfyTheirSchema()
    {
        await using var engine = await StartAsync(Stories260K.Folder);

        await RequireValidAnswersAsync(engine, SampleSchemas.Bounded, Stories260K.Prompt, 2 * SampleSchemas.Bounded.Length);
    }

    [Fact]
    public async Task Generate_TinyModelOfBytes_AnswersSatisfyTheirSchema()
    {
        using var model = new TinyModel();
        await using var engine = await StartAsync(model.Folder);

        // Its context is short.
        await RequireValidAnswersAsync(engine, [.. SampleSchemas.Bounded.Where(schema => schema.Length < 90)], [TinyModel.BeginId], 40);
    }

    /// <summary>However few tokens there are, an answer that can be completed is; and one that wanted to say more says so.</summary>
    [Fact]
    public async Task Generate_SchemasUpToTheLimit_AnswersAreCompletedWhereTheyCanBe()
    {
        await using var engine = await StartAsync(HouseModelFolder.Path, new RandomDecoder(HouseVocabulary, seed: 3));
        var trie = new TokenTrie(Tokenizer.Load(HouseModelFolder.Path), HouseVocabulary);
        var (cut, stopped) = (0, 0);
        foreach (var source in SampleSchemas.Bounded.Concat(SampleSchemas.OpenEnded))
        {
            var (grammar, schema) = (ByteVocabulary.Schema(source), JsonSchema.FromText(source));
            var least = new TokenGrammar(grammar, trie).Start().Ending(200)!.Count;
            foreach (var limit in new[] { least, least + 1, least + 2, least + 7, least + 30 })
            {
                var (text, finished) = await AnswerAsync(engine, Request([1], grammar, limit) with { MaxCompletionTokens = limit });

                using var answer = JsonDocument.Parse(text);
                Assert.True(schema.Evaluate(answer.RootElement, Strict).IsValid, $"{text} for {source} in {limit} tokens");
                Assert.InRange(finished.Usage.CompletionTokens, 1, limit);
                (cut, stopped) = finished.Reason == FinishReason.Length ? (cut + 1, stopped) : (cut, stopped + 1);
            }
        }

        output.WriteLine($"{cut} cut short, {stopped} ended by themselves");
        Assert.InRange(cut, 20, 110);
        Assert.InRange(stopped, 5, 100);
    }

    [Fact]
    public async Task Generate_TooFewTokensForAnyEnd_IsCutThere()
    {
        await using var engine = await StartAsync(HouseModelFolder.Path, new RandomDecoder(HouseVocabulary, seed: 3));

        var (text, finished) = await AnswerAsync(engine, Request([1], ByteVocabulary.Schema("""{"type":"string","minLength":5000}"""), 1) with { MaxCompletionTokens = 5 });

        Assert.Equal((FinishReason.Length, 5), (finished.Reason, finished.Usage.CompletionTokens));
        Assert.StartsWith("\"", text);
    }

    [Fact]
    public async Task Generate_GrammarCompleteAtTheLimit_EndsWithStop()
    {
        using var model = new TinyModel();
        await using var engine = await StartAsync(model.Folder);

        var (text, finished) = await AnswerAsync(engine, Request([1], ByteVocabulary.Schema("""{"const":"abc"}"""), 1) with { MaxCompletionTokens = 5 });

        Assert.Equal(("\"abc\"", FinishReason.Stop), (text, finished.Reason));
    }

    [Fact]
    public async Task Generate_WithoutStopIds_EndsWhereTheGrammarDoes()
    {
        using var model = new TinyModel();
        await using var engine = await StartAsync(model.Folder);

        var (text, finished) = await AnswerAsync(engine, Request([1], ByteVocabulary.Schema("""{"type":"integer","minimum":100,"maximum":999}"""), 1) with { StopIds = [] });

        Assert.Equal(FinishReason.Stop, finished.Reason);
        Assert.InRange(int.Parse(text, System.Globalization.CultureInfo.InvariantCulture), 100, 999);
    }

    [Fact]
    public async Task Generate_StopIdWithAText_CutsNoAnswer()
    {
        using var model = new TinyModel();
        await using var engine = await StartAsync(model.Folder);
        var grammar = Grammar.FromPattern("[abc]{20}");

        for (var seed = 0; seed < 20; seed++)
        {
            var (text, _) = await AnswerAsync(engine, Request([1], grammar, seed) with { StopIds = ['a', TinyModel.EndId] });

            Assert.Matches("^[bc]{20}$", text);
        }
    }

    [Fact]
    public async Task Generate_VocabularyWithoutWhatTheGrammarNeeds_FailsAsSuch()
    {
        // Only the bytes below 60 are tokens: a quote, but no letters.
        using var model = new TinyModel();
        await using var engine = await StartAsync(model.Folder, new RandomDecoder(60, seed: 4));

        var failed = await Assert.ThrowsAsync<GenerationFailedException>(() => AnswerAsync(engine, Request([1], ByteVocabulary.Schema("""{"const":"a"}"""), 1) with { StopIds = [] }));

        Assert.Equal((GenerationFailure.NoAllowedToken, 1), (failed.Failure, failed.Usage.CompletionTokens));
    }

    [Fact]
    public async Task Generate_SameGrammarAgain_TakesItsMasksFromTheFirstTime()
    {
        using var model = new TinyModel();
        await using var engine = await StartAsync(model.Folder);
        var grammar = ByteVocabulary.Schema("""{"type":"array","items":{"enum":["x","y"]},"minItems":2,"maxItems":9}""");
        var alone = await AnswerAsync(engine, Request([1], grammar, 5));

        var together = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AnswerAsync(engine, Request([1], grammar, 5))));

        Assert.All(together, answer => Assert.Equal(alone.Text, answer.Text));
    }

    [Fact]
    public async Task Generate_TopLogprobs_ComeWithEachTokenAndAreTheModelsOwn()
    {
        using var model = new TinyModel();
        await using var engine = await StartAsync(model.Folder);
        var request = Request([1], ByteVocabulary.Schema("""{"const":"abc"}"""), 1);
        var tokens = new List<TokenGenerated>();
        await foreach (var step in engine.GenerateAsync(request with { Sampling = request.Sampling with { TopLogprobs = 3 } }, CancellationToken.None))
        {
            tokens.AddRange(new[] { step }.OfType<TokenGenerated>());
        }

        Assert.Equal("\"abc\"", string.Concat(tokens.Select(token => (char)token.Id)));
        Assert.All(tokens, token => Assert.Equal(3, token.Logprobs!.Top.Count));
        // The grammar left no choice, but the model would rather have said something else.
        Assert.All(tokens, token => Assert.InRange(token.Logprobs!.Logprob, -30, -1e-3));
        Assert.Contains(tokens, token => token.Logprobs!.Top[0].Id != token.Id);
    }

    private async Task RequireValidAnswersAsync(NativeEngine engine, string[] schemas, int[] prompt, int count)
    {
        var grammars = schemas.Select(ByteVocabulary.Schema).ToList();
        var answers = new List<(string Text, GenerationFinished Finished)>();
        foreach (var batch in Enumerable.Range(0, count).Chunk(100))
        {
            answers.AddRange(await Task.WhenAll(batch.Select(i => AnswerAsync(engine, Request(prompt, grammars[i % grammars.Count], i)))));
        }

        var cut = 0;
        for (var i = 0; i < count; i++)
        {
            // A schema that holds itself has no longest answer: one in many thousands comes to the limit of its tokens.
            if (answers[i].Finished.Reason == FinishReason.Length && schemas[i % schemas.Length].Contains("\"$ref\":\"#\"", StringComparison.Ordinal))
            {
                cut++;
                continue;
            }

            Assert.True(answers[i].Finished.Reason == FinishReason.Stop, $"{schemas[i % schemas.Length]}\n{answers[i].Text}");
            RequireValid(schemas[i % schemas.Length], answers[i].Text);
        }

        Assert.InRange(cut, 0, (count - 1) / 1_000);
        output.WriteLine($"{count} answers, {cut} of them cut, {answers.Select(answer => answer.Text).Distinct().Count()} different, {answers.Sum(answer => answer.Finished.Usage.CompletionTokens)} tokens; such as {answers[0].Text}");
    }

    private async Task<NativeEngine> StartAsync(string folder, IDecoderFactory? decoders = null)
    {
        var options = new NativeEngineOptions { Slots = 16, Queue = 256 };
        var engine = new NativeEngine(options, decoders ?? new CpuDecoderFactory(options), _meters, TimeProvider.System, NullLogger<NativeEngine>.Instance);
        await engine.LoadAsync(new ModelReference("model", folder), null, CancellationToken.None);
        return engine;
    }

    private static GenerationRequest Request(int[] prompt, Grammar grammar, int seed) => new()
    {
        Model = "model",
        PromptIds = prompt,
        MaxCompletionTokens = 500,
        Grammar = grammar,
        Sampling = new SamplingOptions { Temperature = 1.5, Seed = seed },
    };

    private static async Task<(string Text, GenerationFinished Finished)> AnswerAsync(NativeEngine engine, GenerationRequest request)
    {
        var text = new StringBuilder();
        GenerationFinished? finished = null;
        await foreach (var step in engine.GenerateAsync(request, CancellationToken.None))
        {
            text.Append(step.Text);
            finished = step as GenerationFinished;
        }

        return (text.ToString(), finished!);
    }

    private static void RequireValid(string schema, string text)
    {
        using var document = JsonDocument.Parse(text);
        Assert.True(JsonSchema.FromText(schema).Evaluate(document.RootElement, Strict).IsValid, $"{schema}\n{text}");
    }
}
