using System.Text.Json;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Tests.EndToEnd.Commands;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.StockClients;

/// <summary>OpenAI's official JavaScript client through <c>cocoon proxy</c>.</summary>
[Collection(RunningNetwork.Collection)]
public sealed class SealingProxyTests(RunningNetwork network)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    [SkippableFact]
    public async Task Chat_ThroughTheProxy_IsSealedByIt()
    {
        using var proxy = Cocoon.Start("proxy", "--port", $"{FreePorts.Take(1)[0]}", "--gateway", network.Url.ToString(), "--key", network.Key, "--json");
        try
        {
            var ready = JsonElement.Parse((await proxy.StandardOutput.ReadLineAsync().WaitAsync(Deadline))!);
            var seen = await NodeClient.RunAsync("proxied.mjs", ready.GetProperty("url").GetString()!, ready.GetProperty("token").GetString()!, network.Model);

            Assert.NotEqual("", seen.GetProperty("streamed").GetString());
            Assert.Equal(seen.GetProperty("answer").GetString(), seen.GetProperty("streamed").GetString());
            Assert.Equal("client", seen.GetProperty("provider").GetProperty("sealer").GetString());
            Assert.Equal(seen.GetProperty("answerUsage").GetProperty("total_tokens").GetInt32(), seen.GetProperty("usage").GetProperty("total_tokens").GetInt32());
            Assert.Contains(network.Model, seen.GetProperty("models").EnumerateArray().Select(model => model.GetString()));
            Assert.Equal((400, "request.unsupported"), Refusal(seen.GetProperty("unsealable")));
            Assert.Equal((401, "invalid_api_key"), Refusal(seen.GetProperty("stranger")));

            await Signals.TerminateAsync(proxy.Id);
            await proxy.WaitForExitAsync().WaitAsync(Deadline);
            Assert.Equal(0, proxy.ExitCode);
        }
        finally
        {
            proxy.Kill(entireProcessTree: true);
        }
    }

    private static (int Status, string? Code) Refusal(JsonElement refusal) => (refusal.GetProperty("status").GetInt32(), refusal.GetProperty("code").GetString());
}
