using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Api;

/// <summary>The Responses API, held against OpenAI's own API document and against what the same chat gives.</summary>
[Collection(RunningNetwork.Collection)]
public sealed class ResponsesTests(RunningNetwork network)
{
    private const string Question = "What is 3 plus 4?";

    [SkippableFact]
    public async Task Post_Document_IsOpenAisAndSaysWhatTheChatSays()
    {
        JsonNode chat = await ReadAsync("/v1/chat/completions", $$"""{"model":"{{network.Model}}","messages":[{"role":"user","content":"{{Question}}"}],"temperature":0}""");

        JsonNode response = await ReadAsync("/v1/responses", Body());

        Schemas().AssertValid("Response", response.ToJsonString());
        Assert.Equal(("completed", "response", false), (Text(response, "status"), Text(response, "object"), response["store"]!.GetValue<bool>()));
        Assert.Equal(chat["choices"]![0]!["message"]!["content"]!.GetValue<string>(), OutputOf(response));
        Assert.Equal(chat["usage"]!["prompt_tokens"]!.GetValue<int>(), response["usage"]!["input_tokens"]!.GetValue<int>());
        Assert.Equal(chat["usage"]!["cost"]!.GetValue<string>(), response["usage"]!["cost"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, $"/v1/responses/{Text(response, "id")}")).Status);
    }

    [SkippableFact]
    public async Task Post_Stream_EveryEventIsOpenAisAndTheyAreNumberedInItsOrder()
    {
        JsonNode whole = await ReadAsync("/v1/responses", Body());

        (HttpStatusCode status, string text) = await SendAsync(HttpMethod.Post, "/v1/responses", Body(""","stream":true"""));

        Assert.Equal(HttpStatusCode.OK, status);
        List<JsonNode> events = Events(text);
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(one => one["sequence_number"]!.GetValue<int>()));
        string[] types = [.. events.Select(one => Text(one, "type"))];
        Assert.Equal(["response.created", "response.in_progress", "response.output_item.added", "response.content_part.added", "response.output_text.delta"], types[..5]);
        Assert.Equal(["response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed"], types[^4..]);
        Assert.Equal(OutputOf(whole), string.Concat(events.Where(one => Text(one, "type") == "response.output_text.delta").Select(one => Text(one, "delta"))));
        foreach (JsonNode one in events)
        {
            AssertEvent(one);
        }
    }

    [SkippableFact]
    public async Task Post_TooFewTokens_IsIncomplete()
    {
        JsonNode response = await ReadAsync("/v1/responses", Body(""","max_output_tokens":2"""));

        Schemas().AssertValid("Response", response.ToJsonString());
        Assert.Equal(("incomplete", "max_output_tokens"), (Text(response, "status"), Text(response["incomplete_details"]!, "reason")));
        Assert.Equal(2, response["usage"]!["output_tokens"]!.GetValue<int>());
    }

    [SkippableFact]
    public async Task Post_Schema_TheOutputKeepsToIt()
    {
        JsonNode response = await ReadAsync("/v1/responses", Body(
            ""","text":{"format":{"type":"json_schema","name":"sum","strict":true,"schema":{"type":"object","properties":{"sum":{"type":"integer","maximum":99}},"required":["sum"],"additionalProperties":false}}}"""));

        Schemas().AssertValid("Response", response.ToJsonString());
        Assert.Equal(["sum"], JsonNode.Parse(OutputOf(response))!.AsObject().Select(member => member.Key));
    }

    [SkippableFact]
    public async Task Post_Stored_CanBeReadGoneOnFromAndDeletedByItsKeyAlone()
    {
        JsonNode first = await ReadAsync("/v1/responses", Body(""","store":true,"instructions":"Be brief." """));
        string path = $"/v1/responses/{Text(first, "id")}";

        JsonNode read = JsonNode.Parse((await SendAsync(HttpMethod.Get, path)).Text)!;
        Assert.True(JsonNode.DeepEquals(first, read));
        JsonNode items = JsonNode.Parse((await SendAsync(HttpMethod.Get, path + "/input_items?order=asc")).Text)!;
        Schemas().AssertValid("ResponseItemList", items.ToJsonString());
        Assert.Equal(Question, items["data"]![0]!["content"]![0]!["text"]!.GetValue<string>());

        string followUp = $$"""{"model":"{{network.Model}}","input":"And 5 plus 6?","temperature":0,"previous_response_id":"{{Text(first, "id")}}"}""";
        JsonNode second = await ReadAsync("/v1/responses", followUp);
        JsonNode chat = await ReadAsync("/v1/chat/completions", new JsonObject
        {
            ["model"] = network.Model,
            ["temperature"] = 0,
            ["messages"] = new JsonArray(Message("user", Question), Message("assistant", OutputOf(first)), Message("user", "And 5 plus 6?")),
        }.ToJsonString());
        Assert.Equal(chat["usage"]!["prompt_tokens"]!.GetValue<int>(), second["usage"]!["input_tokens"]!.GetValue<int>());
        Assert.Equal(chat["choices"]![0]!["message"]!["content"]!.GetValue<string>(), OutputOf(second));

        string stranger = (await network.CreateAccountAsync()).ApiKey;
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, path, key: stranger)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Delete, path, key: stranger)).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Delete, path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, path)).Status);
        (HttpStatusCode status, string text) = await SendAsync(HttpMethod.Post, "/v1/responses", followUp);
        Assert.Equal((HttpStatusCode.NotFound, "response_not_found", "previous_response_id"), (status, Text(Error(text), "code"), Text(Error(text), "param")));
    }

    [SkippableFact]
    public async Task Post_Background_EndsByItselfAndItsStreamCanBeResumedAnywhere()
    {
        (_, string text) = await SendAsync(HttpMethod.Post, "/v1/responses", Body(""","background":true,"stream":true"""));
        List<JsonNode> events = Events(text);
        string path = $"/v1/responses/{Text(events[0]["response"]!, "id")}";

        List<JsonNode> rest = Events((await SendAsync(HttpMethod.Get, path + "?stream=true&starting_after=3")).Text);

        Assert.Equal(events.Skip(4).Select(one => one.ToJsonString()), rest.Select(one => one.ToJsonString()));
        JsonNode read = JsonNode.Parse((await SendAsync(HttpMethod.Get, path)).Text)!;
        Schemas().AssertValid("Response", read.ToJsonString());
        Assert.True(JsonNode.DeepEquals(events[^1]["response"], read));
        Assert.Equal("completed", Text(JsonNode.Parse((await SendAsync(HttpMethod.Post, path + "/cancel", "{}")).Text)!, "status"));

        JsonNode begun = await ReadAsync("/v1/responses", Body(""","background":true"""));
        Assert.Equal("in_progress", Text(begun, "status"));
        await Eventually.SeeAsync(
            "the response to complete",
            async () => Text(JsonNode.Parse((await SendAsync(HttpMethod.Get, $"/v1/responses/{Text(begun, "id")}")).Text)!, "status"),
            status => status == "completed",
            TimeSpan.FromSeconds(30));
    }

    [SkippableFact]
    public async Task Post_InputTokens_AreThoseOfTheResponse()
    {
        JsonNode count = await ReadAsync("/v1/responses/input_tokens", Body());
        JsonNode response = await ReadAsync("/v1/responses", Body());

        Schemas().AssertValid("TokenCountsResource", count.ToJsonString());
        Assert.Equal(response["usage"]!["input_tokens"]!.GetValue<int>(), count["input_tokens"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("""{"model":"MODEL"}""", "input")]
    [InlineData("""{"model":"MODEL","input":[]}""", "input")]
    [InlineData("""{"model":"MODEL","input":"hi","max_output_tokens":0}""", "max_output_tokens")]
    [InlineData("""{"model":"MODEL","input":"hi","temperature":9}""", "temperature")]
    [InlineData("""{"model":"MODEL","input":[{"role":"user","content":[{"type":"input_image","image_url":"x"}]}]}""", "input[0].content[0].type")]
    [InlineData("""{"model":"MODEL","input":[{"type":"item_reference","id":"x"}]}""", "input[0].type")]
    [InlineData("""{"model":"MODEL","input":"hi","tools":[{"type":"web_search"}]}""", "tools[0].type")]
    [InlineData("""{"model":"MODEL","input":"hi","conversation":"conv_1"}""", "conversation")]
    [InlineData("""{"model":"MODEL","input":"hi","truncation":"auto"}""", "truncation")]
    [InlineData("""{"model":"MODEL","input":"hi","text":{"format":{"type":"json_schema","name":"a"}}}""", "text.format.schema")]
    [InlineData("""{"model":"MODEL","input":"hi","stop":["a","b","c","d","e"]}""", "stop")]
    public async Task Post_BadField_Is400AndNamesIt(string body, string param)
    {
        (HttpStatusCode status, string text) = await SendAsync(HttpMethod.Post, "/v1/responses", body.Replace("MODEL", network.Model, StringComparison.Ordinal));

        Assert.Equal((HttpStatusCode.BadRequest, param), (status, Text(Error(text), "param")));
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"MODEL","messages":[{"role":"user","content":"hi"}],"max_tokens":1,"colour":"red"}""", "colour")]
    [InlineData("/v1/completions", """{"model":"MODEL","prompt":"hi","max_tokens":1,"colour":"red"}""", "colour")]
    [InlineData("/v1/responses", """{"model":"MODEL","input":"hi","max_output_tokens":1,"reasoning":{"effort":"low"}}""", "reasoning")]
    public async Task Post_FieldThatIsIgnored_IsRefusedOnlyWhereTheHeaderSaysSo(string path, string body, string param)
    {
        body = body.Replace("MODEL", network.Model, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Post, path, body)).Status);
        (HttpStatusCode status, string text) = await SendAsync(HttpMethod.Post, path, body, strict: "true");

        Assert.Equal((HttpStatusCode.BadRequest, "unsupported_parameter", param), (status, Text(Error(text), "code"), Text(Error(text), "param")));
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Post, path, body, strict: "perhaps")).Status);
    }

    private static JsonNode Message(string role, string content) => new JsonObject { ["role"] = role, ["content"] = content };

    private static string Text(JsonNode node, string field) => node[field]!.GetValue<string>();

    private static JsonNode Error(string text) => JsonNode.Parse(text)!["error"]!;

    private static string OutputOf(JsonNode response) =>
        string.Concat(response["output"]!.AsArray().Where(item => Text(item!, "type") == "message").SelectMany(item => item!["content"]!.AsArray()).Select(part => Text(part!, "text")));

    private static List<JsonNode> Events(string text)
    {
        string[] blocks = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        return [.. blocks.Where(block => !block.StartsWith(':')).Select(block =>
        {
            string[] lines = block.Split('\n');
            JsonNode one = JsonNode.Parse(lines[1]["data: ".Length..])!;
            Assert.Equal("event: " + Text(one, "type"), lines[0]);
            return one;
        })];
    }

    private static OpenAiSchemas Schemas()
    {
        Skip.If(OpenAiSchemas.Find() is null, $"OpenAI's API document is not at {OpenAiSchemas.Path}.");
        return OpenAiSchemas.Find()!;
    }

    /// <summary>Until the end usage is null, as Open Responses has it; OpenAI's document knows only its absence.</summary>
    private static void AssertEvent(JsonNode one)
    {
        JsonNode shown = one.DeepClone();
        if (shown["response"] is JsonObject response && response["usage"] is null)
        {
            response.Remove("usage");
        }

        Schemas().AssertValid("ResponseStreamEvent", shown.ToJsonString());
    }

    private string Body(string fields = "") => $$"""{"model":"{{network.Model}}","input":"{{Question}}","temperature":0{{fields}}}""";

    private async Task<JsonNode> ReadAsync(string path, string body)
    {
        (HttpStatusCode status, string text) = await SendAsync(HttpMethod.Post, path, body);
        Assert.True(status == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpMethod method, string path, string? body = null, string? key = null, string? strict = null)
    {
        using HttpClient http = network.Network.OpenHttp(key);
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        if (strict is not null)
        {
            request.Headers.Add("Cocoon-Strict", strict);
        }

        using HttpResponseMessage response = await http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
