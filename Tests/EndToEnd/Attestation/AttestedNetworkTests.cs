using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Tests.EndToEnd.Commands;
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

    /// <summary>What a user of stock commands does: the proxy keeps the receipt with the quote, and it is judged offline with the issuer's documents.</summary>
    [Fact]
    public async Task Receipt_OfAWorkerThatAttests_IsJudgedWithItsQuoteAndSaidToBeSimulated()
    {
        await using TestNetwork network = await TestNetwork.StartAsync(async options => await Script.InAllWorkersAsync(options, Answers) with { SimulatedTdx = [], Workers = 1 });
        SimulatedIssuer issuer = network.Processes.Topology.Issuer!;
        using var folder = new Networks.TemporaryFolder();
        string collateral = Path.Combine(folder.Path, "collateral.json");
        using (var http = new HttpClient(QuoteServiceSocket.CreateHandler(issuer.Socket)) { BaseAddress = QuoteServiceSocket.BaseAddress })
        {
            await File.WriteAllBytesAsync(collateral, await http.GetByteArrayAsync("collateral"));
        }

        using var proxy = Cocoon.Start(
            "proxy", "--port", $"{FreePorts.Take(1)[0]}", "--gateway", network.Url.ToString(), "--key", network.Key, "--receipts", folder.Path, "--floors", Path.Combine(folder.Path, "floors"),
            "--tier", "simulated", "--simulated-anchor", issuer.AnchorFile, "--collateral-socket", issuer.Socket, "--image", issuer.ImageFile, "--strict", "--most-hold", "0.5", "--json");
        try
        {
            JsonElement ready = JsonElement.Parse((await proxy.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(90)))!);
            Assert.Equal("500000000", ready.GetProperty("mostHold").GetString());
            using var http = new HttpClient { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", ready.GetProperty("token").GetString()) } };
            using HttpResponseMessage answer = await http.PostAsJsonAsync(
                new Uri($"{ready.GetProperty("url").GetString()}/chat/completions"), new { model = network.Model, messages = new[] { new { role = "user", content = "hello" } } });
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }
        finally
        {
            proxy.Kill(entireProcessTree: true);
        }

        string receipt = Assert.Single(Directory.GetFiles(folder.Path, "*.receipt.json"));
        var judged = await VerifyAsync(receipt, "--collateral", collateral, "--simulated-anchor", issuer.AnchorFile, "--image", issuer.ImageFile);
        var atIntel = await VerifyAsync(receipt, "--collateral", collateral);
        var unjudged = await VerifyAsync(receipt);

        Assert.Equal((0, "accept", "simulated", true, "simulated"), judged);
        Assert.Equal((1, "quote.qevendor", "simulated", false, null), atIntel);
        Assert.Equal((0, "accept", "simulated", false, null), unjudged);
        var (_, text, _) = await Cocoon.RunAsync("verify", "receipt", receipt);
        Assert.Contains("SIMULATED", text, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string? CodeOrVerdict, string? Assurance, bool QuoteChecked, string? Tier)> VerifyAsync(string file, params string[] more)
    {
        var (exitCode, output, _) = await Cocoon.RunAsync(["verify", "receipt", file, "--json", .. more]);
        JsonElement verdict = Cocoon.Json(output);
        return (
            exitCode,
            verdict.GetProperty("code").GetString() ?? verdict.GetProperty("verdict").GetString(),
            verdict.GetProperty("assurance").GetString(),
            verdict.GetProperty("quoteChecked").GetBoolean(),
            verdict.GetProperty("tier").GetString());
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
