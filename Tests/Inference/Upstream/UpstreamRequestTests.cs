using System.Text.Json;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Grammars;
using CocoonOrleans.Inference.Upstream;

namespace CocoonOrleans.Tests.Inference.Upstream;

/// <summary>What each server is sent, and what is refused because it can't do it.</summary>
public sealed class UpstreamRequestTests
{
    private static readonly SamplingOptions Sampling = new() { Temperature = 0.5, TopP = 0.9, TopK = 7, MinP = 0.05, PresencePenalty = 0.25, FrequencyPenalty = -0.5, RepetitionPenalty = 1.5, Seed = 42, LogitBias = new Dictionary<int, double> { [104] = -2.5, [7] = 100 } };

    [Fact]
    public async Task Vllm_GetsEveryOption()
    {
        var sent = await SentAsync(UpstreamDialect.Vllm, UpstreamBench.Request() with { Sampling = Sampling with { TopLogprobs = 3 }, StopIds = [257], StopStrings = ["#", "\u00e9"] });

        Assert.Equal(
            """{"model":"served/tiny","prompt":[97,98,99],"stream":true,"return_token_ids":true,"max_tokens":20,"temperature":0.5,"top_p":0.9,"top_k":7,"min_p":0.05,"presence_penalty":0.25,"frequency_penalty":-0.5,"repetition_penalty":1.5,"logit_bias":{"104":-2.5,"7":100},"logprobs":3,"return_tokens_as_token_ids":true,"seed":42,"ignore_eos":true,"stop_token_ids":[257],"stop":["#","é"],"cache_salt":"SALT"}""",
            sent);
    }

    [Fact]
    public async Task Sglang_GetsEveryOption()
    {
        var sent = await SentAsync(UpstreamDialect.Sglang, UpstreamBench.Request() with { Sampling = Sampling with { RepetitionPenalty = 1 }, StopIds = [257], StopStrings = ["#"] });

        Assert.Equal(
            """{"input_ids":[97,98,99],"stream":true,"extra_key":"SALT","sampling_params":{"max_new_tokens":20,"temperature":0.5,"top_p":0.9,"top_k":7,"min_p":0.05,"presence_penalty":0.25,"frequency_penalty":-0.5,"repetition_penalty":1,"logit_bias":{"104":-2.5,"7":100},"sampling_seed":42,"ignore_eos":false,"stop_token_ids":[257],"stop":["#"]}}""",
            sent);
    }

    [Fact]
    public async Task LlamaServer_GetsEveryOptionThatItHas()
    {
        var sent = await SentAsync(
            UpstreamDialect.LlamaServer, UpstreamBench.Request() with { Sampling = Sampling with { PresencePenalty = 0, FrequencyPenalty = 0, Seed = -1 }, StopIds = [257], StopStrings = ["#"] });

        Assert.Equal(
            """{"prompt":[97,98,99],"stream":true,"return_tokens":true,"cache_prompt":false,"n_predict":20,"samplers":["penalties","temperature","top_k","top_p","min_p"],"temperature":0.5,"top_k":7,"top_p":0.9,"min_p":0.05,"repeat_penalty":1.5,"repeat_last_n":23,"presence_penalty":0,"frequency_penalty":0,"logit_bias":{"104":-2.5,"7":100},"seed":0,"ignore_eos":false,"stop":["#"]}""",
            sent);
    }

    [Fact]
    public async Task OpenAi_GetsWhatItsApiHas_AndFourStops()
    {
        var sent = await SentAsync(UpstreamDialect.OpenAi, UpstreamBench.Request() with { Sampling = Sampling with { TopK = 0, MinP = 0, RepetitionPenalty = 1 }, StopStrings = ["1", "2", "3", "4", "5"] });

        Assert.Equal(
            """{"model":"served/tiny","prompt":[97,98,99],"stream":true,"max_tokens":20,"temperature":0.5,"top_p":0.9,"presence_penalty":0.25,"frequency_penalty":-0.5,"logit_bias":{"104":-2.5,"7":100},"seed":42,"stop":["1","2","3","4"]}""",
            sent);
    }

    [Fact]
    public async Task NothingCutOff_IsWrittenAsEachServerWritesIt()
    {
        Assert.Contains("\"top_k\":-1", await SentAsync(UpstreamDialect.Vllm, UpstreamBench.Request()), StringComparison.Ordinal);
        Assert.Contains("\"top_k\":-1", await SentAsync(UpstreamDialect.Sglang, UpstreamBench.Request()), StringComparison.Ordinal);
        Assert.Contains("\"top_k\":0", await SentAsync(UpstreamDialect.LlamaServer, UpstreamBench.Request() with { Sampling = new() { Seed = 1 } }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoStopIds_LetTheServerIgnoreItsOwn()
    {
        Assert.Contains("\"ignore_eos\":true,\"stop_token_ids\":[]", await SentAsync(UpstreamDialect.Vllm, UpstreamBench.Request()), StringComparison.Ordinal);
        Assert.Contains("\"ignore_eos\":true", await SentAsync(UpstreamDialect.Sglang, UpstreamBench.Request()), StringComparison.Ordinal);
        Assert.Contains("\"ignore_eos\":true", await SentAsync(UpstreamDialect.LlamaServer, UpstreamBench.Request()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoRoomForAllTokens_AsksForThoseThatFit()
    {
        await using var bench = await UpstreamBench.LoadedAsync();

        await bench.CollectAsync(UpstreamBench.Request(10_000) with { PromptIds = Enumerable.Repeat(97, 500).ToArray() });

        Assert.Equal(12, bench.Server.Requests.Last().GetProperty("max_tokens").GetInt32());
    }

    [Theory]
    [InlineData(UpstreamDialect.LlamaServer, nameof(SamplingOptions.PresencePenalty))]
    [InlineData(UpstreamDialect.LlamaServer, nameof(SamplingOptions.FrequencyPenalty))]
    [InlineData(UpstreamDialect.OpenAi, nameof(SamplingOptions.TopK))]
    [InlineData(UpstreamDialect.OpenAi, nameof(SamplingOptions.MinP))]
    [InlineData(UpstreamDialect.Sglang, nameof(SamplingOptions.Seed))]
    [InlineData(UpstreamDialect.Sglang, nameof(SamplingOptions.RepetitionPenalty))]
    [InlineData(UpstreamDialect.OpenAi, nameof(SamplingOptions.RepetitionPenalty))]
    [InlineData(UpstreamDialect.Sglang, nameof(SamplingOptions.TopLogprobs))]
    [InlineData(UpstreamDialect.LlamaServer, nameof(SamplingOptions.TopLogprobs))]
    [InlineData(UpstreamDialect.OpenAi, nameof(SamplingOptions.TopLogprobs))]
    public async Task WhatAServerCannotDo_IsRefusedByName(UpstreamDialect dialect, string field)
    {
        await using var bench = await UpstreamBench.StartAsync(dialect);
        (bench.Server.KeepsSeeds, bench.Upstream.ContextTokens) = (false, 512);
        await bench.LoadAsync();
        var sampling = field switch
        {
            nameof(SamplingOptions.PresencePenalty) => new SamplingOptions { PresencePenalty = 1 },
            nameof(SamplingOptions.FrequencyPenalty) => new SamplingOptions { FrequencyPenalty = 1 },
            nameof(SamplingOptions.TopK) => new SamplingOptions { TopK = 1 },
            nameof(SamplingOptions.MinP) => new SamplingOptions { MinP = 0.5 },
            nameof(SamplingOptions.RepetitionPenalty) => new SamplingOptions { RepetitionPenalty = 1.5 },
            nameof(SamplingOptions.TopLogprobs) => new SamplingOptions { TopLogprobs = 0 },
            _ => new SamplingOptions { Seed = 1 },
        };

        var refusal = await bench.RefusalAsync(UpstreamBench.Request() with { Sampling = sampling });

        Assert.Equal((EngineRefusalKind.InvalidOption, field), (refusal.Kind, refusal.Field));
        Assert.Empty(bench.Server.Requests);
    }

    [Theory]
    [InlineData(UpstreamDialect.Vllm, "\"structured_outputs\":{\"json\":{\"type\":\"object\"}}")]
    [InlineData(UpstreamDialect.Sglang, "\"json_schema\":\"{\\\"type\\\":\\\"object\\\"}\"")]
    [InlineData(UpstreamDialect.LlamaServer, "\"json_schema\":{\"type\":\"object\"}")]
    public async Task Schema_IsPassedOnInTheServersForm(UpstreamDialect dialect, string expected)
        => Assert.Contains(expected, await SentAsync(dialect, UpstreamBench.Request() with { Grammar = Grammar.JsonObject }), StringComparison.Ordinal);

    [Fact]
    public async Task Grammar_ThatAServerCannotKeep_IsRefused()
    {
        foreach (var dialect in (UpstreamDialect[])[UpstreamDialect.Vllm, UpstreamDialect.Sglang, UpstreamDialect.LlamaServer, UpstreamDialect.OpenAi])
        {
            await using var bench = await UpstreamBench.LoadedAsync(dialect);
            var grammar = dialect == UpstreamDialect.OpenAi ? Grammar.JsonObject : Grammar.FromPattern("a+");
            Assert.Equal(nameof(GenerationRequest.Grammar), (await bench.RefusalAsync(UpstreamBench.Request() with { Grammar = grammar })).Field);
        }
    }

    [Theory]
    [InlineData("0.10.2", false)]
    [InlineData("0.10.2.dev7+g0123abc", false)]
    [InlineData("0.11.0", true)]
    [InlineData("0.11.0rc2", true)]
    [InlineData("1.0", true)]
    [InlineData("", true)]
    [InlineData("dev", true)]
    public void Schema_NeedsAVllmThatHasThem(string version, bool taken)
        => Assert.Equal(taken, UpstreamProtocol.Of(new UpstreamServer(UpstreamDialect.Vllm, version, null)).Check(UpstreamBench.Request() with { Grammar = Grammar.JsonObject }) is null);

    [Fact]
    public async Task Choices_OfOneSeed_AreRequestsWithSeedsInARow()
    {
        await using var bench = await UpstreamBench.LoadedAsync();

        await bench.CollectAsync(UpstreamBench.Request() with { Sampling = new() { Seed = 42 }, Choices = 4 });

        Assert.Equal([42, 43, 44, 45], bench.Server.Requests.Select(request => request.GetProperty("seed").GetInt64()).Order());
    }

    [Fact]
    public async Task Tenants_ShareACacheOnlyWithThemselves()
    {
        await using var bench = await UpstreamBench.LoadedAsync();
        foreach (var tenant in (string?[])["anna-canary", "anna-canary", "bob", null, null])
        {
            await bench.CollectAsync(UpstreamBench.Request() with { Tenant = tenant });
        }

        string[] salts = [.. bench.Server.Requests.Select(request => request.GetProperty("cache_salt").GetString()!)];
        Assert.Equal(salts[0], salts[1]);
        Assert.Equal(4, salts.Distinct().Count());
        Assert.All(salts, salt => Assert.Equal(64, salt.Length));
        Assert.DoesNotContain(bench.Server.Requests, request => request.GetRawText().Contains("anna", StringComparison.Ordinal));
    }

    private static async Task<string> SentAsync(UpstreamDialect dialect, GenerationRequest request)
    {
        await using var bench = await UpstreamBench.LoadedAsync(dialect);
        await bench.CollectAsync(request);
        var sent = bench.Server.Requests.Last();
        var text = JsonSerializer.Serialize(sent, new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        return (sent.TryGetProperty("cache_salt", out var salt) || sent.TryGetProperty("extra_key", out salt)) ? text.Replace(salt.GetString()!, "SALT", StringComparison.Ordinal) : text;
    }
}
