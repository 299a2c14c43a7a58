using System.Text.Json;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.StockClients;

/// <summary>The agent loops of OpenAI's client and of Vercel's AI SDK, as they come from the registry, with a model that calls a function and then answers.</summary>
[Collection(ToolNetwork.Collection)]
public sealed class ToolCallTests(ToolNetwork network)
{
    [SkippableFact]
    public async Task AgentLoops_OfStockLibraries_CallTheFunctionAndEndWithTheAnswer()
    {
        var seen = await NodeClient.RunAsync("tools.mjs", new Uri(network.Network.Url, "/v1").ToString(), network.Network.Key, network.Network.Model);

        foreach (var loop in (string[])["openAi", "openAiStreamed", "ai", "aiStreamed"])
        {
            Assert.Equal((loop, ToolNetwork.Answer), (loop, seen.GetProperty(loop).GetProperty("content").GetString()));
        }

        Assert.Equal(["user", "assistant", "tool", "assistant"], seen.GetProperty("openAi").GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        Assert.Equal(["Paris", "Paris", "Paris", "Paris"], seen.GetProperty("called").EnumerateArray().Select(city => city.GetString()));
        Assert.Equal((2, 2), (seen.GetProperty("ai").GetProperty("steps").GetInt32(), seen.GetProperty("aiStreamed").GetProperty("steps").GetInt32()));
        Assert.Equal((2, 1), (seen.GetProperty("parallel").GetInt32(), seen.GetProperty("single").GetInt32()));
        AssertWhole(seen.GetProperty("raw"));
        AssertChunks(seen.GetProperty("chunks").EnumerateArray().ToList());
    }

    private static void AssertWhole(JsonElement answer)
    {
        Assert.Equal(ToolNetwork.Preface, answer.GetProperty("content").GetString());
        Assert.Equal("tool_calls", answer.GetProperty("finishReason").GetString());
        var call = Assert.Single(answer.GetProperty("calls").EnumerateArray());
        Assert.StartsWith("call_", call.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("function", call.GetProperty("type").GetString());
        Assert.Equal("get_weather", call.GetProperty("function").GetProperty("name").GetString());
        Assert.Equal("""{"city": "Paris"}""", call.GetProperty("function").GetProperty("arguments").GetString());
    }

    private static void AssertChunks(List<JsonElement> chunks)
    {
        Assert.Equal("assistant", chunks[0].GetProperty("delta").GetProperty("role").GetString());
        Assert.Equal("tool_calls", chunks[^1].GetProperty("finish_reason").GetString());
        Assert.Equal(ToolNetwork.Preface, string.Concat(chunks.Select(chunk => Text(chunk.GetProperty("delta"), "content"))));
        var calls = chunks.Select(chunk => chunk.GetProperty("delta")).Where(delta => delta.TryGetProperty("tool_calls", out _)).Select(delta => delta.GetProperty("tool_calls")[0]).ToList();
        Assert.Equal("get_weather", calls[0].GetProperty("function").GetProperty("name").GetString());
        Assert.True(calls[0].TryGetProperty("id", out _));
        Assert.All(calls.Skip(1), call => Assert.False(call.TryGetProperty("id", out _)));
        Assert.Equal("""{"city": "Paris"}""", string.Concat(calls.Select(call => Text(call.GetProperty("function"), "arguments"))));
    }

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var text) ? text.GetString() : null;
}
