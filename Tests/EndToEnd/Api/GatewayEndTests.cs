using System.Net;
using System.Text;
using CocoonOrleans.Tests.EndToEnd.Commands;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Api;

/// <summary>What clients see of a gateway that goes, in good order or not.</summary>
[Collection(ScriptedNetwork.Collection)]
public sealed class GatewayEndTests(ScriptedNetwork fixture)
{
    private const int Slots = 32; // Of both workers.

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Terminate_MidStream_StreamEndsWellAndNewRequestsAreShed()
    {
        var network = fixture.Network;
        var account = await network.CreateAccountAsync();
        var gateway = network.Processes.Gateway.Current;
        var stream = new OpenStream(network, Script.Slow, account.ApiKey, maxTokens: 80);
        await stream.FlowsAsync();

        await Signals.TerminateAsync(gateway.Id);

        using var http = network.OpenHttp(account.ApiKey);
        using var refused = await Eventually.SeeAsync(
            "new requests are refused", () => PostAsync(http, network.Model), response => response.StatusCode == HttpStatusCode.ServiceUnavailable, Deadline);
        Assert.Contains("\"code\":\"shed\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.NotNull(refused.Headers.RetryAfter);
        using var ready = await http.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        var answer = await stream.Answer;
        Assert.Equal("length", answer.FinishReason);
        Assert.Equal(0, await gateway.Exited.WaitAsync(Deadline));
        Assert.Equal(80, (await network.SettledAsync(account.Account.AccountId)).Max(job => job.CompletionTokens));
        await network.Processes.Gateway.StartAsync(CancellationToken.None);
        await network.ServesAgainAsync();
    }

    [Fact]
    public async Task Kill_WithEverySlotTaken_TheNextGatewayHasThemAll()
    {
        var network = fixture.Network;
        await network.RestedAsync();
        var account = await network.CreateAccountAsync();
        var streams = Enumerable.Range(0, Slots).Select(_ => new OpenStream(network, Script.Slow, account.ApiKey)).ToArray();
        await Eventually.SeeAsync("text flows on all streams", () => streams.Count(stream => stream.Pieces > 0), flowing => flowing == Slots, Deadline);

        network.Processes.Gateway.Current.Kill();
        await Task.WhenAll(streams.Select(stream => Assert.ThrowsAnyAsync<Exception>(() => stream.Answer)));
        await network.Processes.Gateway.StartAsync(CancellationToken.None);

        await Eventually.SeeAsync("all slots are free", () => FreeSlotsAsync(network), free => free == Slots, Deadline);
        await network.ServesAgainAsync();
        await network.SettledAsync(account.Account.AccountId);
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http, string model)
    {
        using var body = new StringContent(
            $$"""{"model":"{{model}}","messages":[{"role":"user","content":"hello"}],"max_tokens":1}""", Encoding.UTF8, "application/json");
        return await http.PostAsync("/v1/chat/completions", body);
    }

    private static async Task<int> FreeSlotsAsync(TestNetwork network) =>
        (await network.ModelAsync()).GetProperty("offers").GetProperty("free_slots").GetInt32();
}
