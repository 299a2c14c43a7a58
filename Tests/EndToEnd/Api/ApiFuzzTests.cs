using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Api;

/// <summary>
/// Sends what the served OpenAPI document allows, and what it doesn't, to every endpoint: no fault of ours, and every refusal with OpenAI's four keys, naming the field. The seed is fixed, so each run
/// sends the same.
/// </summary>
[Collection(RunningNetwork.Collection)]
public sealed class ApiFuzzTests(RunningNetwork network)
{
    private const int Seed = 20_261_201;

    private static readonly int RoundsEach = LongRun.Rounds(12, 2_000);

    [Fact]
    public async Task Send_WhatTheDocumentDescribes_NothingFaultsAndEveryRefusalIsTypedAndNamesTheField()
    {
        using HttpClient http = network.Network.OpenHttp();
        JsonObject document = JsonNode.Parse(await http.GetStringAsync("/openapi/v1.json"))!.AsObject();
        var samples = new SchemaSamples(document, new Random(Seed), network.Model);
        var seen = new Dictionary<int, int>();
        var faults = new List<string>();
        foreach ((string path, JsonNode? methods) in document["paths"]!.AsObject())
        {
            foreach ((string method, JsonNode? operation) in methods!.AsObject())
            {
                for (int round = 0; round < RoundsEach; round++)
                {
                    using HttpRequestMessage request = samples.Request(path, method, operation!.AsObject(), out string shown);
                    using HttpResponseMessage response = await http.SendAsync(request);
                    string text = await response.Content.ReadAsStringAsync();
                    seen[(int)response.StatusCode] = seen.GetValueOrDefault((int)response.StatusCode) + 1;
                    if (FindFault(response, text, operation.AsObject()) is { } fault)
                    {
                        faults.Add($"{method} {path}: {fault}\n  {shown}\n  -> {(int)response.StatusCode} {text[..Math.Min(400, text.Length)]}");
                    }
                }
            }
        }

        Assert.True(faults.Count == 0, $"{faults.Count} faults, the first ones:\n{string.Join('\n', faults.Take(10))}");

        // Else it would have tested nothing but the door.
        Assert.True(seen.GetValueOrDefault(200) > 50 && seen.GetValueOrDefault(400) > 50, string.Join(", ", seen));
    }

    private static string? FindFault(HttpResponseMessage response, string text, JsonObject operation)
    {
        int status = (int)response.StatusCode;
        if (status < 400)
        {
            return null;
        }

        if (!response.Headers.Contains("x-request-id"))
        {
            return "it has no request id";
        }

        JsonObject? error;
        try
        {
            error = JsonNode.Parse(text)?["error"]?.AsObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "it is no error document";
        }

        if (error is null || !new[] { "message", "type", "param", "code" }.All(error.ContainsKey))
        {
            return "a key is missing";
        }

        // A network that can't do what is asked says so; anything else is a fault of ours.
        if (status >= 500)
        {
            return status == 503 && response.Headers.RetryAfter is not null ? null : "it is a fault of ours";
        }

        // A body that is no object as a whole has no field to name; signed requests have none either.
        bool hasFields = operation["requestBody"]?["content"]?["application/json"] is not null || operation["parameters"] is not null;
        return status == 400 && hasFields && error["param"] is null && !error["message"]!.GetValue<string>().Contains("body", StringComparison.OrdinalIgnoreCase) ? "it names no field" : null;
    }
}
