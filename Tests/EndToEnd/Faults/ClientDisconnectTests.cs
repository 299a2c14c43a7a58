using System.Net.Http.Json;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Faults;

[Collection(ScriptedNetwork.Collection)]
public sealed class ClientDisconnectTests(ScriptedNetwork fixture)
{
    private const int Asked = 400;

    [Fact]
    public async Task Leave_MidStream_WorkerStopsAndGeneratedTokensAreCharged()
    {
        var account = await fixture.Network.CreateAccountAsync();
        using var leaving = new CancellationTokenSource();
        var stream = new OpenStream(fixture.Network, Script.Slow, account.ApiKey, Asked, leaving.Token);
        await stream.FlowsAsync();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.Answer);
        var job = Assert.Single(await fixture.Network.SettledAsync(account.Account.AccountId));
        Assert.Equal("captured", job.State);
        Assert.Equal("cancelled", job.Status);
        Assert.InRange(job.CompletionTokens, stream.Pieces, Asked / 4); // The whole answer would take another nineteen seconds.
        Assert.Equal(account.Account.Balance - job.Captured, fixture.Network.Ledger.Balance(account.Account.AccountId));
    }

    [Fact]
    public async Task Leave_MidStreamOfSeveralAnswers_WorkerStopsAndTheTokensOfAllAreCharged()
    {
        const int Choices = 3;
        const int Lines = 30;
        var account = await fixture.Network.CreateAccountAsync();
        using (var http = fixture.Network.OpenHttp(account.ApiKey))
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions"))
        {
            request.Content = JsonContent.Create(new
            {
                model = fixture.Network.Model,
                messages = new[] { new { role = "user", content = Script.Slow } },
                n = Choices,
                max_completion_tokens = Asked,
                stream = true,
            });
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
            for (var line = 0; line < Lines;)
            {
                line += (await lines.ReadLineAsync())!.StartsWith("data: {", StringComparison.Ordinal) ? 1 : 0;
            }
        }

        var job = Assert.Single(await fixture.Network.SettledAsync(account.Account.AccountId));
        Assert.Equal(("captured", "cancelled"), (job.State, job.Status));
        Assert.InRange(job.CompletionTokens, Lines - Choices, Choices * Asked / 4); // Each answer begins with a chunk without text.
        Assert.Equal(account.Account.Balance - job.Captured, fixture.Network.Ledger.Balance(account.Account.AccountId));
    }

    /// <summary>A client that lost its connection takes the stream up behind the last event that it has: one answer, charged once, in one piece for who comes later still.</summary>
    [Fact]
    public async Task Resume_WithIdempotencyKeyAndLastEventId_GivesTheRestAndChargesOnce()
    {
        const int Tokens = 40;
        var account = await fixture.Network.CreateAccountAsync();
        using var http = fixture.Network.OpenHttp(account.ApiKey);
        List<string> begun = await ReadAsync(lastEventId: null, events: 5);
        List<string> rest = await ReadAsync(lastEventId: "4", events: int.MaxValue);
        List<string> later = await ReadAsync(lastEventId: null, events: int.MaxValue);

        Assert.Equal("data: [DONE]", later[^1]);
        Assert.Equal(later, [.. begun, .. rest]);
        using HttpResponseMessage other = await SendAsync(lastEventId: null, Tokens + 1);
        Assert.Equal(System.Net.HttpStatusCode.Conflict, other.StatusCode);
        var job = Assert.Single(await fixture.Network.SettledAsync(account.Account.AccountId));
        Assert.Equal(("captured", "complete", Tokens), (job.State, job.Status, job.CompletionTokens));
        Assert.Equal(account.Account.Balance - job.Captured, fixture.Network.Ledger.Balance(account.Account.AccountId));

        async Task<HttpResponseMessage> SendAsync(string? lastEventId, int tokens)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
            {
                Headers = { { "Idempotency-Key", "resumed" } },
                Content = JsonContent.Create(new { model = fixture.Network.Model, messages = new[] { new { role = "user", content = Script.Slow } }, max_completion_tokens = tokens, stream = true }),
            };
            if (lastEventId is not null)
            {
                request.Headers.Add("Last-Event-ID", lastEventId);
            }

            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        }

        async Task<List<string>> ReadAsync(string? lastEventId, int events)
        {
            using HttpResponseMessage response = await SendAsync(lastEventId, Tokens);
            Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
            var seen = new List<string>();
            while (seen.Count < events && await lines.ReadLineAsync() is { } line)
            {
                if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    seen.Add(line);
                }
            }

            return seen;
        }
    }
}
