using System.Net.Http.Json;
using System.Text.Json;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Api;

[Collection(ScriptedNetwork.Collection)]
public sealed class DeadlineTests(ScriptedNetwork fixture)
{
    [Fact]
    public async Task Chat_DeadlineThatCannotBeMet_IsRefusedAndCostsNothing()
    {
        var account = await fixture.Network.CreateAccountAsync();

        var (status, body) = await AskAsync(account.ApiKey, Script.Slow, new { deadline_ms = 1 }, stream: true);

        Assert.Equal((504, "deadline"), (status, JsonElement.Parse(body).GetProperty("error").GetProperty("code").GetString()));
        var job = Assert.Single(await fixture.Network.SettledAsync(account.Account.AccountId));
        Assert.Equal("released", job.State);
        Assert.Equal(account.Account.Balance, fixture.Network.Ledger.Balance(account.Account.AccountId));
    }

    [Fact]
    public async Task Chat_DeadlineInTheMiddle_EndsTheStreamAndChargesWhatCame()
    {
        var account = await fixture.Network.CreateAccountAsync();

        var (status, body) = await AskAsync(account.ApiKey, Script.Slow, new { deadline_ms = 1500 }, stream: true);

        var events = body.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => JsonElement.Parse(line[6..])).ToList();
        Assert.Equal((200, "deadline"), (status, events[^1].GetProperty("error").GetProperty("code").GetString()));
        var job = Assert.Single(await fixture.Network.SettledAsync(account.Account.AccountId));
        Assert.Equal("captured", job.State);
        Assert.InRange(job.CompletionTokens, 1, Script.SlowTokensPerSecond * 5);
    }

    private async Task<(int Status, string Body)> AskAsync(string key, string text, object provider, bool stream)
    {
        using var http = fixture.Network.OpenHttp(key);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
        request.Content = JsonContent.Create(new
        {
            model = fixture.Network.Model,
            messages = new[] { new { role = "user", content = text } },
            max_completion_tokens = 300,
            provider,
            stream,
        });
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var body = "";
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                body += line + "\n";
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // The connection breaks behind the error event: a clean end would be taken for success.
        }

        return ((int)response.StatusCode, body);
    }
}
