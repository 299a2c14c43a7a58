using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.EndToEnd.Commands;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Attestation;

/// <summary>Statements that are newer than a client's nonce, from workers that quote, through a gateway and the proxy.</summary>
public sealed class FreshStatementTests
{
    private const int Clients = 200;

    private static readonly (string When, string Answer)[] Answers = [("", Script.PlainAnswer)];

    [Fact]
    public async Task Proxy_ThatWantsFreshStatements_IsServedAndManyNoncesAreFewQuotes()
    {
        await using TestNetwork network = await TestNetwork.StartAsync(async options => await Script.InAllWorkersAsync(options, Answers) with { SimulatedTdx = [], Workers = 1 });
        SimulatedIssuer issuer = network.Processes.Topology.Issuer!;
        using var folder = new Networks.TemporaryFolder();
        using var proxy = Cocoon.Start(
            "proxy", "--port", $"{FreePorts.Take(1)[0]}", "--gateway", network.Url.ToString(), "--key", network.Key, "--receipts", folder.Path, "--floors", Path.Combine(folder.Path, "floors"), "--fresh",
            "--tier", "simulated", "--simulated-anchor", issuer.AnchorFile, "--collateral-socket", issuer.Socket, "--image", issuer.ImageFile, "--json");
        try
        {
            JsonElement ready = JsonElement.Parse((await proxy.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(90)))!);
            using var sealing = new HttpClient { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", ready.GetProperty("token").GetString()) } };
            using HttpResponseMessage answer = await sealing.PostAsJsonAsync(
                new Uri($"{ready.GetProperty("url").GetString()}/chat/completions"), new { model = network.Model, messages = new[] { new { role = "user", content = "hello" } } });
            string body = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, body);
            Assert.Equal("simulated", JsonElement.Parse(body).GetProperty("provider").GetProperty("tier").GetString());
        }
        finally
        {
            proxy.Kill(entireProcessTree: true);
        }

        // The receipt names the fresh statement, with its root.
        using JsonDocument receipt = JsonDocument.Parse(await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(folder.Path, "*.receipt.json"))));
        Assert.True(BoundStatement.TryRead(receipt.RootElement.GetProperty("statement").GetBytesFromBase64(), out BoundStatement? used));
        Assert.NotNull(used.Statement.NonceRoot);

        using HttpClient http = network.OpenHttp();
        Task<Digest[]> flood = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => FreshAsync(http, network.Model)));

        // Jobs get their turn while they wait.
        Assert.Equal("stop", (await network.AskAsync("hello")).FinishReason);
        Digest[] hashes = await flood;
        Assert.InRange(hashes.Distinct().Count(), 1, Clients / 10);

        using HttpResponseMessage wrong = await http.GetAsync($"/v1/attested-workers?model={network.Model}&nonce=abc");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    private static async Task<Digest> FreshAsync(HttpClient http, string model)
    {
        var nonce = new Digest(RandomNumberGenerator.GetBytes(Digest.Length));
        JsonElement worker = Assert.Single(JsonElement.Parse(await http.GetByteArrayAsync($"/v1/attested-workers?model={model}&nonce={nonce}")).GetProperty("workers").EnumerateArray());
        Assert.True(BoundStatement.TryRead(worker.GetProperty("statement").GetBytesFromBase64(), out BoundStatement? statement));
        Assert.True(NonceProof.TryDecode(worker.GetProperty("nonce_proof").GetBytesFromBase64(), out NonceProof? proof));
        Assert.True(proof.Proves(nonce, statement.Statement.NonceRoot!.Value));
        return statement.Hash;
    }
}
