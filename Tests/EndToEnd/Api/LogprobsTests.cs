using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Cli.Models;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tests.EndToEnd.Api;

[Collection(RunningNetwork.Collection)]
public sealed class LogprobsTests(RunningNetwork network)
{
    private static readonly Lazy<Tokenizer> House = new(() => Tokenizer.Load(HouseModelFolder.Path(BuiltArtifacts.Find())));

    [Fact]
    public async Task Chat_LogprobsAsked_GivesThoseOfEveryTokenInJsonAndStream()
    {
        var json = (await AskAsync(stream: false)).Single();
        var stream = await AskAsync(stream: true);

        var choice = json.GetProperty("choices")[0];
        var tokens = choice.GetProperty("logprobs").GetProperty("content").EnumerateArray().ToList();
        Assert.Equal(choice.GetProperty("message").GetProperty("content").GetString(), TextOf(tokens));
        Assert.Equal(json.GetProperty("usage").GetProperty("completion_tokens").GetInt32(), tokens.Count);
        Assert.All(tokens, token =>
        {
            // The likeliest was taken, so it stands first among the likeliest.
            var top = token.GetProperty("top_logprobs").EnumerateArray().ToList();
            Assert.Equal(2, top.Count);
            Assert.Equal(token.GetProperty("token").GetString(), top[0].GetProperty("token").GetString());
            Assert.InRange(token.GetProperty("logprob").GetDouble(), top[1].GetProperty("logprob").GetDouble(), 0);
        });

        var streamed = stream.Select(chunk => chunk.GetProperty("choices")[0].GetProperty("logprobs")).Where(logprobs => logprobs.ValueKind == JsonValueKind.Object)
            .SelectMany(logprobs => logprobs.GetProperty("content").EnumerateArray()).ToList();
        Assert.Equal(TextOf(tokens), TextOf(streamed));
        Assert.Equal(tokens.Count, streamed.Count);
    }

    [Fact]
    public async Task Chat_LogitBiasAgainstTheFirstToken_ChangesTheAnswer()
    {
        var first = (await AskAsync(stream: false)).Single().GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
        var banned = Enumerable.Range(0, 10).Select(digit => Id($"{digit}")).ToDictionary(id => $"{id}", _ => -100);

        var biased = (await AskAsync(stream: false, banned)).Single().GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();

        Assert.Contains(first!, char.IsAsciiDigit);
        Assert.DoesNotContain(biased!, char.IsAsciiDigit);
    }

    private static int Id(string text) => Assert.Single(House.Value.Encode(text, addSpecialTokens: false));

    private static string TextOf(List<JsonElement> tokens) =>
        Encoding.UTF8.GetString([.. tokens.SelectMany(token => token.GetProperty("bytes").EnumerateArray().Select(part => part.GetByte()))]);

    private async Task<List<JsonElement>> AskAsync(bool stream, Dictionary<string, int>? bias = null)
    {
        using var http = network.Network.OpenHttp();
        using var response = await http.PostAsJsonAsync("/v1/chat/completions", new
        {
            model = network.Model,
            messages = new[] { new { role = "user", content = "What is 12 + 30?" } },
            temperature = 0,
            logprobs = true,
            top_logprobs = 2,
            max_tokens = 40,
            logit_bias = bias ?? [],
            stream,
        });
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return stream
            ? [.. body.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonElement.Parse(line[6..]))]
            : [JsonElement.Parse(body)];
    }
}
