using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.StockClients;

/// <summary>Agent loops of stock libraries with the model that comes with the clone, at its own greedy choice.</summary>
[Collection(RunningNetwork.Collection)]
public sealed class HouseToolCallTests(RunningNetwork network)
{
    [SkippableFact]
    public async Task HouseModel_InStockAgentLoops_CallsFunctionsInOpenAisShapes()
    {
        var seen = await NodeClient.RunAsync("house-tools.mjs", new Uri(network.Url, "/v1").ToString(), network.Key, network.Model);

        Assert.Equal("Here is what I found: temperature 21, sky clear.", seen.GetProperty("openAi").GetProperty("content").GetString());
        Assert.Equal("Here is what I found: state done.", seen.GetProperty("openAiStreamed").GetProperty("content").GetString());
        Assert.Equal(["user", "assistant", "tool", "assistant"], seen.GetProperty("openAi").GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        Assert.Equal("Here is what I found: temperature 21, sky clear.", seen.GetProperty("ai").GetProperty("content").GetString());
        Assert.Equal("Here is what I found: state done.", seen.GetProperty("aiStreamed").GetProperty("content").GetString());
        Assert.Equal((2, 2), (seen.GetProperty("ai").GetProperty("steps").GetInt32(), seen.GetProperty("aiStreamed").GetProperty("steps").GetInt32()));
        Assert.Equal(["timer 25", "timer 5", "weather Paris", "weather Vienna"], seen.GetProperty("called").EnumerateArray().Select(call => call.GetString()));

        var chunks = seen.GetProperty("chunks").EnumerateArray().ToList();
        var calls = chunks.Select(chunk => chunk.GetProperty("delta")).Where(delta => delta.TryGetProperty("tool_calls", out _)).Select(delta => delta.GetProperty("tool_calls")[0]).ToList();
        Assert.Equal("get_weather", calls[0].GetProperty("function").GetProperty("name").GetString());
        Assert.Equal("""{"city": "Oslo"}""", string.Concat(calls.Select(call => call.GetProperty("function").GetProperty("arguments").GetString())));
        Assert.Equal("tool_calls", chunks[^1].GetProperty("finish_reason").GetString());
        var without = seen.GetProperty("without");
        Assert.Equal(("2+0=2, 1+3+0=4: 42", "stop"), (without.GetProperty("message").GetProperty("content").GetString(), without.GetProperty("finish_reason").GetString()));
    }
}
