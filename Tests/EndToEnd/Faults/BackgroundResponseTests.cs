using System.Text;
using System.Text.Json.Nodes;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Faults;

/// <summary>Responses whose clients leave, cancel, or whose workers break off.</summary>
[Collection(ScriptedNetwork.Collection)]
public sealed class BackgroundResponseTests(ScriptedNetwork network)
{
    [Fact]
    public async Task Cancel_WhileItRuns_StopsItAndItsStreamEnds()
    {
        string id = await BeginAsync();
        using HttpClient http = network.Network.OpenHttp();
        Task<string> following = http.GetStringAsync($"/v1/responses/{id}?stream=true&starting_after=4");

        using HttpResponseMessage cancelled = await http.PostAsync($"/v1/responses/{id}/cancel", null);

        JsonNode response = JsonNode.Parse(await cancelled.Content.ReadAsStringAsync())!;
        Assert.Equal("cancelled", response["status"]!.GetValue<string>());
        Assert.Contains("\"status\":\"cancelled\"", (await following).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_WorkerBreaksOffMidway_EndsWithAFailedEventAndCleanly()
    {
        using HttpClient http = network.Network.OpenHttp();

        using HttpResponseMessage answer = await http.PostAsync("/v1/responses", Body(Script.FailsMidway, ""));

        string[] events = (await answer.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        JsonNode last = JsonNode.Parse(events[^1].Split('\n')[1]["data: ".Length..])!;
        Assert.Equal("response.failed", last["type"]!.GetValue<string>());
        Assert.Equal("provider_failed", last["response"]!["error"]!["metadata"]!["code"]!.GetValue<string>());
    }

    /// <summary>Begins a slow response in the background and leaves its stream after the first text.</summary>
    private async Task<string> BeginAsync()
    {
        using HttpClient http = network.Network.OpenHttp();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/responses") { Content = Body(Script.Slow, ""","background":true""") };
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        string? id = null;
        while (await lines.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("data: ", StringComparison.Ordinal))
            {
                continue;
            }

            JsonNode one = JsonNode.Parse(line["data: ".Length..])!;
            id ??= one["response"]!["id"]!.GetValue<string>();
            if (one["type"]!.GetValue<string>() == "response.output_text.delta")
            {
                return id;
            }
        }

        throw new InvalidOperationException("The response ended without a text.");
    }

    private StringContent Body(string input, string fields) =>
        new($$"""{"model":"{{network.Network.Model}}","input":"{{input}}","stream":true{{fields}}}""", Encoding.UTF8, "application/json");
}
