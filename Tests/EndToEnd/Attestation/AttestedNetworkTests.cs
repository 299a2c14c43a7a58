using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Attestation;

/// <summary>A network whose workers attest to the simulated issuer, each in a process of its own.</summary>
public sealed class AttestedNetworkTests
{
    private static readonly (string When, string Answer)[] Answers = [("", Script.PlainAnswer)];

    [Fact]
    public async Task Chat_WorkersAttestToTheSimulatedIssuer_TheAnswerSaysSimulated()
    {
        await using TestNetwork network = await TestNetwork.StartAsync(async options => await Script.InAllWorkersAsync(options, Answers) with { SimulatedTdx = [] });

        var answer = await network.AskAsync("hello");

        Assert.Equal("simulated", answer.Provider?.Tier);
        Assert.True(answer.Provider?.ReceiptVerified);
        JsonElement model = await network.ModelAsync();
        Assert.Equal(["simulated"], model.GetProperty("trust_tiers").EnumerateArray().Select(tier => tier.GetString()));
        foreach (string minimum in (string[])["open", "tdx", "confidential"])
        {
            await RefusesAsync(network, minimum);
        }

        using HttpClient http = network.OpenHttp();
        using HttpResponseMessage taken = await AskAsync(http, network.Model, "simulated");
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }

    private static async Task RefusesAsync(TestNetwork network, string minimum)
    {
        using HttpClient http = network.OpenHttp();
        using HttpResponseMessage response = await AskAsync(http, network.Model, minimum);
        JsonElement error = JsonElement.Parse(await response.Content.ReadAsByteArrayAsync()).GetProperty("error");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "no_attested_provider"), (response.StatusCode, error.GetProperty("code").GetString()));
        Assert.Equal(network.Processes.Workers.Count, error.GetProperty("metadata").GetProperty("rejected_by").GetProperty("tier").GetInt32());
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient http, string model, string trust) =>
        http.PostAsJsonAsync("/v1/chat/completions", new { model, messages = new[] { new { role = "user", content = "hello" } }, provider = new { trust } });
}
