using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Api;

/// <summary>Completions of a text, held against OpenAI's own API document.</summary>
[Collection(RunningNetwork.Collection)]
public sealed class TextCompletionsTests(RunningNetwork network)
{
    [SkippableFact]
    public async Task Post_DocumentAndStream_AreOpenAisAndSayTheSame()
    {
        Skip.If(OpenAiSchemas.Find() is null, $"OpenAI's API document is not at {OpenAiSchemas.Path}.");
        const string Fields = ""","max_tokens":12,"temperature":0,"logprobs":2,"structured_outputs":{"regex":"[a-z ]{20,}"}""";
        JsonNode whole = JsonNode.Parse((await PostAsync(Fields, HttpStatusCode.OK)))!;
        string text = await PostAsync(Fields + ""","stream":true,"stream_options":{"include_usage":true}""", HttpStatusCode.OK);

        OpenAiSchemas.Find()!.AssertValid("CreateCompletionResponse", whole.ToJsonString());
        JsonNode choice = whole["choices"]![0]!;
        string written = choice["text"]!.GetValue<string>();
        JsonNode logprobs = choice["logprobs"]!;
        int tokens = whole["usage"]!["completion_tokens"]!.GetValue<int>();
        Assert.InRange(tokens, 1, 12);
        Assert.Equal(0, logprobs["text_offset"]![0]!.GetValue<int>());
        Assert.Equal(logprobs["tokens"]!.AsArray().Count, logprobs["token_logprobs"]!.AsArray().Count);
        Assert.All(logprobs["top_logprobs"]!.AsArray(), top => Assert.InRange(top!.AsObject().Count, 1, 2));

        string[] events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
        List<JsonNode> pieces = [.. events[..^1].Select(one => JsonNode.Parse(one["data: ".Length..])!)];
        Assert.Equal(written, string.Concat(pieces.SelectMany(piece => piece["choices"]!.AsArray()).Select(piece => piece!["text"]!.GetValue<string>())));
        Assert.Equal(whole["usage"]!["total_tokens"]!.GetValue<int>(), pieces[^1]["usage"]!["total_tokens"]!.GetValue<int>());
        Assert.Equal(choice["finish_reason"]!.GetValue<string>(), pieces[^2]["choices"]![0]!["finish_reason"]!.GetValue<string>());
        Assert.All(pieces, piece => Assert.Equal("text_completion", piece["object"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Post_IdsAsPrompt_AreTakenAsTheyAre()
    {
        JsonNode answer = JsonNode.Parse(await PostAsync(""","max_tokens":1""", HttpStatusCode.OK, "[5,6,7]"))!;

        Assert.Equal(3, answer["usage"]!["prompt_tokens"]!.GetValue<int>());
    }

    [Theory]
    [InlineData(""","echo":true""", "\"hi\"", "echo")]
    [InlineData(""","suffix":"x" """, "\"hi\"", "suffix")]
    [InlineData(""","best_of":2""", "\"hi\"", "best_of")]
    [InlineData(""","logprobs":6""", "\"hi\"", "logprobs")]
    [InlineData(""","max_tokens":0""", "\"hi\"", "max_tokens")]
    [InlineData("", "[\"a\",\"b\"]", "prompt")]
    [InlineData("", "[]", "prompt")]
    [InlineData("", "\"\"", "prompt")]
    [InlineData("", "[999999999]", "prompt")]
    [InlineData("", "null", "prompt")]
    public async Task Post_UnsupportedOrBadField_Is400AndNamesIt(string fields, string prompt, string param)
    {
        JsonNode error = JsonNode.Parse(await PostAsync(fields, HttpStatusCode.BadRequest, prompt))!["error"]!;

        Assert.Equal(param, error["param"]!.GetValue<string>());
    }

    private async Task<string> PostAsync(string fields, HttpStatusCode expected, string prompt = "\"One, two, three,\"")
    {
        using HttpClient http = network.Network.OpenHttp();
        using HttpResponseMessage response = await http.PostAsync(
            "/v1/completions", new StringContent($$"""{"model":"{{network.Model}}","prompt":{{prompt}}{{fields}}}""", Encoding.UTF8, "application/json"));
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, text);
        return text;
    }
}
