using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Tests.EndToEnd.Commands;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.StockClients;

/// <summary>The receipts that <c>cocoon proxy</c> keeps, and <c>cocoon verify receipt</c> over them.</summary>
[Collection(RunningNetwork.Collection)]
public sealed class ProxyReceiptTests(RunningNetwork network)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Chat_ThroughTheProxy_LeavesAReceiptThatIsVerifiedOffline()
    {
        using var folder = new Networks.TemporaryFolder();
        var receipts = Path.Combine(folder.Path, "receipts");
        using var proxy = Cocoon.Start("proxy", "--port", $"{FreePorts.Take(1)[0]}", "--gateway", network.Url.ToString(), "--key", network.Key, "--receipts", receipts, "--json");
        try
        {
            var ready = JsonElement.Parse((await proxy.StandardOutput.ReadLineAsync().WaitAsync(Deadline))!);
            var answer = await AskAsync(new Uri(ready.GetProperty("url").GetString()!), ready.GetProperty("token").GetString()!);
            var file = Assert.Single(Directory.GetFiles(receipts));
            var model = network.Network.Processes.Topology.Model.ManifestSha256;

            var (exitCode, verdict) = await VerifyAsync(file, "--model", model);

            Assert.Equal((0, "accept", (string?)null), (exitCode, Text(verdict, "verdict"), Text(verdict, "code")));
            Assert.Equal((answer.GetProperty("usage").GetProperty("cost").GetString(), "open", "none"), (Text(verdict, "cost"), Text(verdict, "tier"), Text(verdict, "assurance")));
            Assert.Equal(answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32(), verdict.GetProperty("usage").GetProperty("completionTokens").GetInt32());
            Assert.Equal((answer.GetProperty("provider").GetProperty("worker").GetString(), model), (Text(verdict, "worker"), Text(verdict, "modelSha256")));
            Assert.False(verdict.GetProperty("quoteChecked").GetBoolean());

            var changed = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
            changed["answerSha256"] = new string('0', 64);
            await File.WriteAllTextAsync(file, changed.ToJsonString());
            (exitCode, verdict) = await VerifyAsync(file);
            Assert.Equal((1, "reject", "receipt.answer"), (exitCode, Text(verdict, "verdict"), Text(verdict, "code")));
        }
        finally
        {
            proxy.Kill(entireProcessTree: true);
        }
    }

    private async Task<JsonElement> AskAsync(Uri url, string token)
    {
        using var http = new HttpClient { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var response = await http.PostAsJsonAsync(
            new Uri($"{url}/chat/completions"), new { model = network.Model, messages = new[] { new { role = "user", content = "What is 3 plus 4?" } }, max_completion_tokens = 24 });
        response.EnsureSuccessStatusCode();
        return JsonElement.Parse(await response.Content.ReadAsByteArrayAsync());
    }

    private static async Task<(int ExitCode, JsonElement Verdict)> VerifyAsync(string file, params string[] more)
    {
        var (exitCode, output, _) = await Cocoon.RunAsync(["verify", "receipt", file, "--json", .. more]);
        return (exitCode, Cocoon.Json(output));
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
