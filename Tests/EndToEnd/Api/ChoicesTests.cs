using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.Http.Json;
using System.Text.Json;
using CocoonOrleans.Market;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Tests.EndToEnd.StockClients;
using OpenAI;
using OpenAI.Chat;

namespace CocoonOrleans.Tests.EndToEnd.Api;

/// <summary>Several answers to one prompt (<c>n</c>).</summary>
[Collection(RunningNetwork.Collection)]
public sealed class ChoicesTests(RunningNetwork network)
{
    private const int Tokens = 12;
    private const long Seed = 11;

    [Fact]
    public async Task Chat_SeveralAnswers_EachIsTheOneAloneWithItsSeed()
    {
        var answer = await AskAsync(n: 4);

        var choices = answer.GetProperty("choices").EnumerateArray().ToList();
        Assert.Equal([0, 1, 2, 3], choices.Select(choice => choice.GetProperty("index").GetInt32()));
        var texts = choices.Select(TextOf).ToList();
        Assert.True(texts.Distinct().Count() > 1, "All answers are the same.");
        for (var i = 0; i < choices.Count; i++)
        {
            var alone = await AskAsync(n: 1, seed: Seed + i);
            Assert.Equal(TextOf(alone.GetProperty("choices")[0]), texts[i]);
        }
    }

    /// <summary>The prompt once, the tokens of all answers, to the nano; and the most that it may cost is held for all answers.</summary>
    [Fact]
    public async Task Chat_SeveralAnswers_AreHeldForAndChargedExactly()
    {
        var (one, several) = (await network.CreateAccountAsync(), await network.CreateAccountAsync());

        var alone = (await AskAsync(n: 1, key: one.ApiKey)).GetProperty("usage");
        var together = (await AskAsync(n: 4, key: several.ApiKey)).GetProperty("usage");

        Assert.Equal(alone.GetProperty("prompt_tokens").GetInt64(), together.GetProperty("prompt_tokens").GetInt64());
        Assert.InRange(together.GetProperty("completion_tokens").GetInt64(), Tokens, 4 * Tokens);
        Assert.Equal(together.GetProperty("prompt_tokens").GetInt64() + together.GetProperty("completion_tokens").GetInt64(), together.GetProperty("total_tokens").GetInt64());
        var (first, second) = (Assert.Single(await network.Network.SettledAsync(one.Account.AccountId)), Assert.Single(await network.Network.SettledAsync(several.Account.AccountId)));
        Assert.Equal(
            (together.GetProperty("prompt_tokens").GetInt64(), together.GetProperty("completion_tokens").GetInt64(), together.GetProperty("cost").GetString()),
            (second.PromptTokens, second.CompletionTokens, second.Captured.ToString()));

        // Both holds are the prompt's price and so many completion tokens at the same prices: 4 times as many in the second.
        var perToken = (await CatalogPriceAsync("completion"), await CatalogPriceAsync("prompt"));
        Assert.Equal(Hold(first.PromptTokens, Tokens, perToken), first.Held);
        Assert.Equal(Hold(first.PromptTokens, 4 * Tokens, perToken), second.Held);
        Assert.Equal(several.Account.Balance - second.Captured, network.Network.Ledger.Balance(several.Account.AccountId));
    }

    [Fact]
    public async Task Chat_SeveralAnswersStreamed_ComeMixedAndAreTheSame()
    {
        var whole = (await AskAsync(n: 4)).GetProperty("choices").EnumerateArray().Select(TextOf).ToList();
        var chunks = await StreamAsync(n: 4);

        var texts = Enumerable.Range(0, 4).Select(index => string.Concat(chunks.Where(chunk => Index(chunk) == index).Select(chunk => Delta(chunk, "content")))).ToList();
        Assert.Equal(whole, texts);
        Assert.All(Enumerable.Range(0, 4), index =>
        {
            var own = chunks.Where(chunk => Index(chunk) == index).ToList();
            Assert.Equal("assistant", Delta(own[0], "role"));
            Assert.Single(own, chunk => Delta(chunk, "role") is not null);
            Assert.Contains(Choice(own[^1])!.Value.GetProperty("finish_reason").GetString(), (string[])["stop", "length"]);
            Assert.All(own.SkipLast(1), chunk => Assert.Equal(JsonValueKind.Null, Choice(chunk)!.Value.GetProperty("finish_reason").ValueKind));
        });

        // Not one behind the other.
        Assert.NotEqual(3, chunks.Where(chunk => Index(chunk) >= 0).Select(Index).Aggregate((Changes: -1, Last: -1), (seen, index) => (seen.Changes + (index == seen.Last ? 0 : 1), index)).Changes);
    }

    [Fact]
    public async Task Chat_MoreThanEight_IsRefusedByName()
    {
        using var http = network.Network.OpenHttp();
        using var response = await http.PostAsJsonAsync("/v1/chat/completions", Request(9, Seed, stream: false));

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal("n", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("param").GetString());
    }

    /// <summary>OpenAI's .NET client has no property for <c>n</c>; its users set it by the client's own patch.</summary>
    [Fact]
    public async Task DotNetClient_SeveralAnswers_AreAllInTheDocument()
    {
        var client = new OpenAIClient(new ApiKeyCredential(network.Key), new OpenAIClientOptions { Endpoint = new Uri(network.Url, "/v1"), RetryPolicy = new ClientRetryPolicy(0) }).GetChatClient(network.Model);
        var options = new ChatCompletionOptions { MaxOutputTokenCount = Tokens };
#pragma warning disable SCME0001 // the client's documented way to send a field that it doesn't know
        options.Patch.Set("$.n"u8, 3);
#pragma warning restore SCME0001

        var answer = await client.CompleteChatAsync([new UserChatMessage("Tell me about yourself.")], options);

        Assert.Equal(3, JsonElement.Parse(answer.GetRawResponse().Content).GetProperty("choices").GetArrayLength());
        Assert.NotEmpty(answer.Value.Content);
        Assert.InRange(answer.Value.Usage.OutputTokenCount, 3, 3 * Tokens);
    }

    [SkippableFact]
    public async Task NodeClient_SeveralAnswers_JsonAndStreamAreTheSame()
    {
        var seen = await NodeClient.RunAsync("choices.mjs", new Uri(network.Url, "/v1").ToString(), network.Key, network.Model);

        Assert.Equal(3, seen.GetProperty("whole").GetArrayLength());
        Assert.Equal(seen.GetProperty("whole").GetRawText(), seen.GetProperty("streamed").GetRawText());
        Assert.Equal(
            seen.GetProperty("wholeUsage").GetProperty("completion_tokens").GetInt32(), seen.GetProperty("streamedUsage").GetProperty("completion_tokens").GetInt32());
        Assert.True(seen.GetProperty("changes").GetInt32() > 2, "The answers came one behind the other.");
    }

    private static Nano Hold(long prompt, long completion, (long Completion, long Prompt) nanoPerMillion)
        => new(((prompt * nanoPerMillion.Prompt) + (completion * nanoPerMillion.Completion) + 999_999) / 1_000_000);

    private async Task<long> CatalogPriceAsync(string kind)
        => long.Parse((await network.Network.ModelAsync()).GetProperty("pricing").GetProperty(kind).GetString()!, System.Globalization.CultureInfo.InvariantCulture);

    private static JsonElement? Choice(JsonElement chunk) => chunk.GetProperty("choices") is { } choices && choices.GetArrayLength() > 0 ? choices[0] : null;

    private static int Index(JsonElement chunk) => Choice(chunk)?.GetProperty("index").GetInt32() ?? -1;

    private static string? Delta(JsonElement chunk, string name) => Choice(chunk)!.Value.GetProperty("delta").TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string TextOf(JsonElement choice) => choice.GetProperty("message").GetProperty("content").GetString()!;

    private object Request(int n, long seed, bool stream) => new
    {
        model = network.Model,
        messages = new[] { new { role = "user", content = "Tell me about yourself." } },
        n,
        seed,
        temperature = 1.5,
        max_completion_tokens = Tokens,
        stream,
    };

    private async Task<JsonElement> AskAsync(int n, long seed = Seed, string? key = null)
    {
        using var http = network.Network.OpenHttp(key);
        using var response = await http.PostAsJsonAsync("/v1/chat/completions", Request(n, seed, stream: false));
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonElement.Parse(body);
    }

    private async Task<List<JsonElement>> StreamAsync(int n)
    {
        using var http = network.Network.OpenHttp();
        using var response = await http.PostAsJsonAsync("/v1/chat/completions", Request(n, Seed, stream: true));
        var body = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
        return [.. body.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonElement.Parse(line[6..]))];
    }
}
