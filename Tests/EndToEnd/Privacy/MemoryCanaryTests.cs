using System.Text;
using System.Text.Json;
using CocoonOrleans.Client;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Privacy;

/// <summary>What a crash dump, or whoever reads a process's memory, would show while a long answer is on its way. Where the text belongs it is found: so the search works.</summary>
[Collection(ScriptedNetwork.Collection)]
public sealed class MemoryCanaryTests(ScriptedNetwork fixture)
{
    [Fact]
    public async Task Ask_SealedByTheClient_IsInTheMemoryOfTheWorkerAlone()
    {
        // Put together here, so that the text itself is in no assembly.
        var canary = string.Concat("larkspur", "-6071-", "pangolin");
        await using var answer = await SealedAnswer.BeginAsync(fixture.Network, $"{Script.Slow} {canary}");

        Assert.Contains(fixture.Network.Processes.Workers, worker => ProcessMemory.Find(worker.Current.Id, canary).Count > 0);
        Assert.Empty(ProcessMemory.Find(fixture.Network.Processes.Gateway.Current.Id, canary));
        Assert.Empty(ProcessMemory.Find(fixture.Network.Processes.Silo.Current.Id, canary));
    }

    [Fact]
    public async Task Ask_SealedByTheGateway_IsNotInTheMemoryOfTheSilo()
    {
        var canary = string.Concat("columbine", "-3318-", "ibex");
        using var leaving = new CancellationTokenSource();
        var stream = new OpenStream(fixture.Network, $"{Script.Slow} {canary}", fixture.Network.Key, leaving: leaving.Token);
        await stream.FlowsAsync();

        Assert.NotEmpty(ProcessMemory.Find(fixture.Network.Processes.Gateway.Current.Id, canary));
        Assert.Empty(ProcessMemory.Find(fixture.Network.Processes.Silo.Current.Id, canary));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.Answer);
    }

    /// <summary>An answer to a sealed request of which some has come; the client leaves when this is disposed of.</summary>
    private sealed class SealedAnswer(HttpClient http, HttpResponseMessage response) : IAsyncDisposable
    {
        public static async Task<SealedAnswer> BeginAsync(TestNetwork network, string text)
        {
            var http = new HttpClient(new CocoonSealingHandler(new CocoonSealingOptions())) { BaseAddress = network.Url };
            http.DefaultRequestHeaders.Authorization = new("Bearer", network.Key);
            var question = new { model = network.Model, messages = new[] { new { role = "user", content = text } }, stream = true, seed = 1, max_completion_tokens = 200 };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
            {
                Content = new StringContent(JsonSerializer.Serialize(question), Encoding.UTF8, "application/json"),
            };
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            response.EnsureSuccessStatusCode();
            var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
            for (var pieces = 0; pieces < 5; pieces++)
            {
                Assert.NotNull(await lines.ReadLineAsync());
            }

            return new SealedAnswer(http, response);
        }

        public ValueTask DisposeAsync()
        {
            response.Dispose();
            http.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
