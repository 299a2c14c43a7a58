using System.Net.Http.Json;
using System.Text.Json;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Api;

[Collection(ScriptedNetwork.Collection)]
public sealed class ServedByTests(ScriptedNetwork fixture)
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Stream_AsksForNoUsage_SaysWhoServedItWhereItEnds(int choices)
    {
        using var http = fixture.Network.OpenHttp();
        using var response = await http.PostAsJsonAsync("/v1/chat/completions", new
        {
            model = fixture.Network.Model,
            messages = new[] { new { role = "user", content = "hi" } },
            stream = true,
            n = choices,
        });
        var chunks = (await response.Content.ReadAsStringAsync()).Split('\n')
            .Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonElement.Parse(line[6..])).ToList();

        var ends = chunks.Where(chunk => chunk.GetProperty("choices")[0].GetProperty("finish_reason").ValueKind == JsonValueKind.String).ToList();
        Assert.Equal(choices, ends.Count);
        Assert.All(ends, end => Assert.Equal(
            ("gateway", "open", 64),
            (end.GetProperty("provider").GetProperty("sealer").GetString(), end.GetProperty("provider").GetProperty("tier").GetString(), end.GetProperty("provider").GetProperty("statement_hash").GetString()!.Length)));
        Assert.Equal(choices, chunks.Count(chunk => chunk.TryGetProperty("provider", out _)));
    }
}
