using System.Net;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Api;

/// <summary>What the gateway really answers, held against OpenAI's own API document.</summary>
[Collection(RunningNetwork.Collection)]
public sealed class OpenAiShapeTests(RunningNetwork network)
{
    private const string Done = "data: [DONE]";

    [SkippableFact]
    public async Task Post_OneDocument_IsOpenAisResponse()
    {
        var schemas = Schemas();
        using var response = await PostAsync("");

        var json = await response.Content.ReadAsStringAsync();
        schemas.AssertValid("CreateChatCompletionResponse", json);
        var message = Parse(json).GetProperty("choices")[0].GetProperty("message");
        Assert.Equal("assistant", message.GetProperty("role").GetString());
        Assert.NotEqual("", message.GetProperty("content").GetString());
        Assert.Equal(JsonValueKind.Null, message.GetProperty("refusal").ValueKind);
    }

    [SkippableFact]
    public async Task Post_Stream_EveryChunkIsOpenAisAndTheyAreInItsOrder()
    {
        var schemas = Schemas();
        using var response = await PostAsync(""","stream":true""");

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var chunks = await ChunksAsync(response, schemas);
        Assert.Single(chunks.Select(chunk => (chunk.GetProperty("id").GetString(), chunk.GetProperty("created").GetInt64(), chunk.GetProperty("model").GetString())).Distinct());
        var choices = chunks.Select(chunk => Assert.Single(chunk.GetProperty("choices").EnumerateArray())).ToList();
        Assert.Equal("""{"role":"assistant","content":""}""", choices[0].GetProperty("delta").GetRawText());
        Assert.Equal(("{}", "stop"), (choices[^1].GetProperty("delta").GetRawText(), choices[^1].GetProperty("finish_reason").GetString()));
        Assert.All(choices[1..^1], choice =>
        {
            Assert.Equal(["content"], choice.GetProperty("delta").EnumerateObject().Select(field => field.Name));
            Assert.Equal(JsonValueKind.Null, choice.GetProperty("finish_reason").ValueKind);
        });
        Assert.DoesNotContain(chunks, chunk => chunk.TryGetProperty("usage", out _));
    }

    [SkippableFact]
    public async Task Post_StreamWithUsage_OnlyTheLastChunkHasItAndTheOthersNull()
    {
        var schemas = Schemas();
        using var response = await PostAsync(""","stream":true,"stream_options":{"include_usage":true}""");

        var chunks = await ChunksAsync(response, schemas);
        Assert.All(chunks[..^1], chunk => Assert.Equal(JsonValueKind.Null, chunk.GetProperty("usage").ValueKind));
        Assert.Empty(chunks[^1].GetProperty("choices").EnumerateArray());
        var usage = chunks[^1].GetProperty("usage");
        Assert.Equal(usage.GetProperty("total_tokens").GetInt32(), usage.GetProperty("prompt_tokens").GetInt32() + usage.GetProperty("completion_tokens").GetInt32());
        Assert.Single(chunks.Select(chunk => chunk.GetProperty("system_fingerprint").GetString()).Distinct());
    }

    [SkippableFact]
    public async Task Post_SameSeed_StreamAndDocumentSayTheSame()
    {
        Schemas();
        using var document = await PostAsync(""","seed":7,"temperature":0""");
        using var stream = await PostAsync(""","seed":7,"temperature":0,"stream":true,"stream_options":{"include_usage":true}""");

        var whole = Parse(await document.Content.ReadAsStringAsync());
        var chunks = await ChunksAsync(stream, Schemas());
        var text = string.Concat(chunks.SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray())
            .Select(choice => choice.GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : ""));
        Assert.Equal(whole.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString(), text);
        Assert.Equal(whole.GetProperty("system_fingerprint").GetString(), chunks[^1].GetProperty("system_fingerprint").GetString());
        Assert.Equal(whole.GetProperty("usage").GetProperty("total_tokens").GetInt32(), chunks[^1].GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    [SkippableFact]
    public async Task Post_FewTokensAllowed_EndsWithLengthAndThatManyTokens()
    {
        var schemas = Schemas();
        using var response = await PostAsync(""","max_completion_tokens":2""");

        var json = await response.Content.ReadAsStringAsync();
        schemas.AssertValid("CreateChatCompletionResponse", json);
        Assert.Equal("length", Parse(json).GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(2, Parse(json).GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [SkippableFact]
    public async Task Get_Models_AreOpenAisList()
    {
        var schemas = Schemas();
        using var http = network.Network.OpenHttp();

        var list = await http.GetStringAsync("/v1/models");
        var one = await http.GetStringAsync($"/v1/models/{network.Model}");

        schemas.AssertValid("ListModelsResponse", list);
        schemas.AssertValid("Model", one);
        Assert.Contains(Parse(list).GetProperty("data").EnumerateArray(), model => model.GetProperty("id").GetString() == network.Model);
    }

    [SkippableTheory]
    [InlineData("GET", "/v1/models/none", null, 404, "model_not_found")]
    [InlineData("GET", "/v1/nothing", null, 404, "unknown_url")]
    [InlineData("GET", "/v1/chat/completions", null, 405, "method_not_allowed")]
    [InlineData("POST", "/v1/chat/completions", "{", 400, "invalid_value")]
    [InlineData("POST", "/v1/chat/completions", """{"model":"none","messages":[{"role":"user","content":"hi"}]}""", 404, "model_not_found")]
    [InlineData("POST", "/v1/chat/completions", """{"model":"MODEL","messages":[{"role":"user","content":"hi"}],"provider":{"max_price":{"prompt":"1"}}}""", 503, "no_offer_under_max_price")]
    [InlineData("POST", "/v1/chat/completions", """{"model":"MODEL","messages":[{"role":"user","content":"hi"}],"provider":{"trust":"tdx"}}""", 503, "no_attested_provider")]
    public async Task Send_Refused_IsOpenAisError(string method, string path, string? body, int status, string code)
    {
        var schemas = Schemas();
        using var http = network.Network.OpenHttp();
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : Json(body.Replace("MODEL", network.Model, StringComparison.Ordinal)) };

        using var response = await http.SendAsync(request);

        var json = await response.Content.ReadAsStringAsync();
        schemas.AssertValid("ErrorResponse", json);
        Assert.Equal((status, code), ((int)response.StatusCode, Parse(json).GetProperty("error").GetProperty("code").GetString()));
        Assert.Equal(status == 503, response.Headers.RetryAfter is not null);
    }

    [SkippableFact]
    public void AssertValid_FieldMissing_Fails() =>
        Assert.Throws<Xunit.Sdk.TrueException>(() => Schemas().AssertValid("Model", """{"id":"a","object":"model","created":1}"""));

    private static OpenAiSchemas Schemas()
    {
        Skip.If(OpenAiSchemas.Find() is null, $"OpenAI's API document is not at {OpenAiSchemas.Path}.");
        return OpenAiSchemas.Find()!;
    }

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<List<JsonElement>> ChunksAsync(HttpResponseMessage response, OpenAiSchemas schemas)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var events = (await response.Content.ReadAsStringAsync()).Split("\n\n");
        Assert.Equal((Done, ""), (events[^2], events[^1]));
        var chunks = events[..^2].Select(line => line["data: ".Length..]).ToList();
        foreach (var chunk in chunks)
        {
            schemas.AssertValid("CreateChatCompletionStreamResponse", chunk);
        }

        return [.. chunks.Select(Parse)];
    }

    private async Task<HttpResponseMessage> PostAsync(string fields)
    {
        using var http = network.Network.OpenHttp();
        return await http.PostAsync(
            "/v1/chat/completions", Json($$"""{"model":"{{network.Model}}","messages":[{"role":"user","content":"What is 3 plus 4?"}]{{fields}}}"""));
    }
}
