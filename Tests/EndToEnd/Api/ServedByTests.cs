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

    /// <summary>The workers of a local network sign their offers; the book shows them to everybody, and who wants none of them is told so.</summary>
    [Fact]
    public async Task Market_SignedOffers_AreInTheBookAndFilteredByTheBuyer()
    {
        using var http = new HttpClient { BaseAddress = fixture.Network.Url };
        int workers = fixture.Network.Processes.Workers.Count;
        JsonElement book = await Eventually.SeeAsync(
            "signed offers of all workers",
            async () => JsonElement.Parse(await http.GetByteArrayAsync($"/v1/market/{fixture.Network.Model}")),
            market => market.GetProperty("offers").EnumerateArray().Count(offer => offer.GetProperty("signed").ValueKind == JsonValueKind.Object) == workers,
            TimeSpan.FromSeconds(30));
        string worker = book.GetProperty("offers")[workers - 1].GetProperty("worker").GetString()!;

        using var client = fixture.Network.OpenHttp();
        using var chosen = await client.PostAsJsonAsync("/v1/chat/completions", Ask(new { only = new[] { worker } }));
        JsonElement answer = JsonElement.Parse(await chosen.Content.ReadAsByteArrayAsync());
        using var refused = await client.PostAsJsonAsync("/v1/chat/completions", Ask(new { only = new[] { "nobody" } }));
        JsonElement error = JsonElement.Parse(await refused.Content.ReadAsByteArrayAsync()).GetProperty("error");

        Assert.Equal(worker, answer.GetProperty("provider").GetProperty("worker").GetString());
        Assert.Equal((503, workers), ((int)refused.StatusCode, error.GetProperty("metadata").GetProperty("rejected_by").GetProperty("excluded").GetInt32()));
        Assert.True(error.GetProperty("metadata").GetProperty("cheapest_offer").GetProperty("rejected_by").GetString() is "excluded");

        object Ask(object provider) => new { model = fixture.Network.Model, messages = new[] { new { role = "user", content = "hi" } }, provider };
    }
}
