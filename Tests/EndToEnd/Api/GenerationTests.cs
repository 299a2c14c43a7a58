using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Api;

/// <summary><c>GET /v1/generation</c>: how a request went, told to its key alone.</summary>
[Collection(RunningNetwork.Collection)]
public sealed class GenerationTests(RunningNetwork network)
{
    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"MODEL","messages":[{"role":"user","content":"What is 3 plus 4?"}]}""")]
    [InlineData("/v1/responses", """{"model":"MODEL","input":"What is 3 plus 4?"}""")]
    public async Task Get_IdOfAnAnswer_TellsWhatTheAnswerTold(string path, string body)
    {
        using HttpClient http = network.Network.OpenHttp();
        using var content = new StringContent(body.Replace("MODEL", network.Model, StringComparison.Ordinal), Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.PostAsync(path, content);
        JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        string query = $"/v1/generation?id={answer["id"]!.GetValue<string>()}";

        JsonNode told = JsonNode.Parse(await http.GetStringAsync(query))!;

        Assert.Equal(("completed", 1, "stop"), (told["status"]!.GetValue<string>(), told["attempts"]!.GetValue<int>(), told["finish_reason"]!.GetValue<string>()));
        Assert.Equal(answer["provider"]!["worker"]!.GetValue<string>(), told["worker"]!.GetValue<string>());
        Assert.Equal(answer["usage"]!["total_tokens"]!.GetValue<int>(), told["usage"]!["total_tokens"]!.GetValue<int>());
        Assert.Equal(answer["usage"]!["cost"]!.GetValue<string>(), told["cost"]!.GetValue<string>());
        Assert.InRange(told["time_to_first_token_ms"]!.GetValue<double>(), 0, told["duration_ms"]!.GetValue<double>());

        using HttpClient stranger = network.Network.OpenHttp((await network.CreateAccountAsync()).ApiKey);
        using HttpResponseMessage refused = await stranger.GetAsync(query);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }
}
