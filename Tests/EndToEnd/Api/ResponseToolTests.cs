using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Api;

/// <summary>Calls of functions through the Responses API.</summary>
[Collection(ToolNetwork.Collection)]
public sealed class ResponseToolTests(ToolNetwork network)
{
    private const string Tools =
        """[{"type":"function","name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}]""";

    [Fact]
    public async Task Post_ModelCallsTwoFunctions_TheyAreItemsAndTheirOutputsLeadToTheAnswer()
    {
        JsonArray input = [new JsonObject { ["role"] = "user", ["content"] = "How is the weather in Paris and in Rome?" }];
        JsonNode first = JsonNode.Parse(await PostAsync(input, stream: false))!;

        List<JsonNode> calls = [.. first["output"]!.AsArray().Where(item => item!["type"]!.GetValue<string>() == "function_call").Select(item => item!)];
        Assert.Equal(["Paris", "Rome"], calls.Select(call => JsonNode.Parse(call["arguments"]!.GetValue<string>())!["city"]!.GetValue<string>()));
        OpenAiSchemas.Find()?.AssertValid("Response", first.ToJsonString());

        foreach (JsonNode call in calls)
        {
            input.Add(call.DeepClone());
        }

        foreach (JsonNode call in calls)
        {
            input.Add((JsonNode)new JsonObject { ["type"] = "function_call_output", ["call_id"] = call["call_id"]!.GetValue<string>(), ["output"] = "It is sunny in Paris." });
        }

        JsonNode last = JsonNode.Parse(await PostAsync(input, stream: false))!;
        Assert.Equal(ToolNetwork.Answer, last["output"]![0]!["content"]![0]!["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task Post_StreamWithWordsBeforeTheCall_HasBothItemsInTheirEvents()
    {
        string text = await PostAsync([new JsonObject { ["role"] = "user", ["content"] = "How is the weather in Paris?" }], stream: true);

        List<JsonNode> events = [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(block => JsonNode.Parse(block.Split('\n')[1]["data: ".Length..])!)];
        JsonNode done = Assert.Single(events, one => one["type"]!.GetValue<string>() == "response.function_call_arguments.done");
        Assert.Equal(1, done["output_index"]!.GetValue<int>());
        Assert.Equal(done["arguments"]!.GetValue<string>(), string.Concat(
            events.Where(one => one["type"]!.GetValue<string>() == "response.function_call_arguments.delta").Select(one => one["delta"]!.GetValue<string>())));
        Assert.Equal("response.completed", events[^1]["type"]!.GetValue<string>());
        Assert.Equal(["message", "function_call"], events[^1]["response"]!["output"]!.AsArray().Select(item => item!["type"]!.GetValue<string>()));
        foreach (JsonNode one in events.Skip(2))
        {
            OpenAiSchemas.Find()?.AssertValid("ResponseStreamEvent", one.ToJsonString());
        }
    }

    private async Task<string> PostAsync(JsonArray input, bool stream)
    {
        using HttpClient http = network.Network.OpenHttp();
        string body = new JsonObject { ["model"] = network.Network.Model, ["input"] = input.DeepClone(), ["tools"] = JsonNode.Parse(Tools), ["stream"] = stream }.ToJsonString();
        using HttpResponseMessage response = await http.PostAsync("/v1/responses", new StringContent(body, Encoding.UTF8, "application/json"));
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return text;
    }
}
