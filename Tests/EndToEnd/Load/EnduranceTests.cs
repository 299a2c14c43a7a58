using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Market;
using CocoonOrleans.Tests.EndToEnd.Networks;
using Xunit.Abstractions;

namespace CocoonOrleans.Tests.EndToEnd.Load;

/// <summary>
/// Requests of random lengths and options against running workers, many at once, of which some are cancelled and some clients vanish: every answer is that which the same request got alone, nothing is left
/// behind, and the money is right to the nano.
/// </summary>
[Collection(RunningNetwork.Collection)]
public sealed class EnduranceTests(RunningNetwork network, ITestOutputHelper output)
{
    private const int Distinct = 150;
    private const int AtOnce = 16;
    private const long LargestGrowth = 48L << 20;

    private static readonly string[] Questions =
    [
        "What is 23 + 58?", "hello", "Spell lantern", "Who are you?", "How do you say bread in German?", "Reverse the word stone", "What is 91 - 37?", "Thanks a lot!", "What is TON?", "Tell me about Orleans",
    ];

    private static readonly string[] Endings = ["", " Please.", " Be brief.", " Take your time, and say it as if I had never heard of it."];

    private enum Departure
    {
        None,
        BeforeTheAnswer,
        MidAnswer,
    }

    [Fact]
    [Trait(LongRun.Trait, LongRun.Category)]
    public async Task Ask_ManyRandomRequestsAtOnce_EachIsAnsweredAsAlone()
    {
        var (seed, rounds) = (LongRun.Seed(1), LongRun.Rounds(1_000, 10_000));
        var account = await network.CreateAccountAsync();
        using var http = network.Network.OpenHttp(account.ApiKey);
        http.Timeout = TimeSpan.FromMinutes(2);
        var alone = new List<IReadOnlyList<(string Text, string? Finish)>>();
        for (var number = 0; number < Distinct; number++)
        {
            alone.Add((await AskAsync(http, Request(number), Departure.None, leaveAfter: 0))!);
        }

        var (next, left, whole) = (-1, 0, 0);
        var atFirst = Memory();
        async Task StormAsync(int until)
        {
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
            {
                for (int round; (round = Interlocked.Increment(ref next)) < until;)
                {
                    var dice = new Random(seed + round);
                    var number = dice.Next(Distinct);
                    var departure = dice.Next(10) switch { 0 => Departure.BeforeTheAnswer, 1 or 2 => Departure.MidAnswer, _ => Departure.None };
                    if (await AskAsync(http, Request(number), departure, dice.Next(1, 12)) is not { } answers)
                    {
                        Interlocked.Increment(ref left);
                        continue;
                    }

                    Interlocked.Increment(ref whole);
                    Assert.True(alone[number].SequenceEqual(answers), $"Request {number} of round {round}, seed {seed}: {string.Join(" | ", alone[number])}\nbut now {string.Join(" | ", answers)}");
                }
            }));
            Interlocked.Decrement(ref next);
        }

        // The first part warms everything up; what grows after it is a leak.
        await StormAsync(rounds / 5);
        var warm = Memory();
        next = (rounds / 5) - 1;
        await StormAsync(rounds);
        var atTheEnd = Memory();

        var jobs = await network.Network.SettledAsync(account.Account.AccountId);
        output.WriteLine($"{rounds} requests from seed {seed} on, {AtOnce} at once: {whole} answered as alone, {left} left by their clients; {jobs.Count(job => job.State == "captured")} charged");
        foreach (var (name, bytes) in atTheEnd)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {atFirst[name] / 1e6:0} MB before, {warm[name] / 1e6:0} MB after a fifth, {bytes / 1e6:0} MB at the end"));
        }

        Assert.Equal(rounds, whole + left);
        Assert.True(whole > rounds / 2 && left > rounds / 10);
        Assert.Equal(account.Account.Balance - new Nano(jobs.Sum(job => job.Captured.Value)), network.Network.Ledger.Balance(account.Account.AccountId));
        await network.Network.RestedAsync();
        Assert.Equal(Nano.Zero, (await network.Network.Admin.FindAccountAsync(account.Account.AccountId, CancellationToken.None))!.Held);
        if (LongRun.IsOn)
        {
            Assert.All(atTheEnd, process => Assert.True(process.Value - warm[process.Key] < LargestGrowth, $"{process.Key} grew from {warm[process.Key]:N0} to {process.Value:N0} bytes."));
        }
    }

    private static JsonObject Request(int number)
    {
        var dice = new Random(number);
        var request = new JsonObject
        {
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Questions[dice.Next(Questions.Length)] + Endings[dice.Next(Endings.Length)] }),
            ["max_completion_tokens"] = dice.Next(1, 40),
            ["seed"] = number,
            ["stream"] = dice.Next(3) > 0,
            ["temperature"] = dice.Next(4) == 0 ? 0 : dice.NextDouble() * 1.9,
            ["top_p"] = 0.5 + (dice.NextDouble() / 2),
        };
        if (dice.Next(4) == 0)
        {
            request["n"] = dice.Next(2, 4);
        }

        switch (dice.Next(8))
        {
            case 0:
                request["stop"] = new JsonArray("e", "th");
                break;
            case 1:
                request["presence_penalty"] = 0.7;
                request["frequency_penalty"] = 0.2;
                break;
            case 2:
                request["max_completion_tokens"] = 120;
                request["response_format"] = JsonNode.Parse("""
                    {"type":"json_schema","json_schema":{"name":"a","strict":true,"schema":{"type":"object","properties":{"ok":{"type":"boolean"},"n":{"enum":[1,22,333]}},"required":["ok","n"],"additionalProperties":false}}}
                    """);
                break;
            case 3:
                request["logprobs"] = true;
                request["top_logprobs"] = 2;
                break;
            case 4:
                request["top_k"] = dice.Next(1, 50);
                request["min_p"] = dice.NextDouble() / 5;
                request["repetition_penalty"] = 1 + (dice.NextDouble() / 2);
                break;
            case 5:
                request["logit_bias"] = new JsonObject { ["300"] = 5, ["301"] = -100 };
                break;
            case 6:
                request["max_completion_tokens"] = 60;
                request["tools"] = JsonNode.Parse("""[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string","maxLength":12}},"required":["city"],"additionalProperties":false}}}]""");
                request["tool_choice"] = dice.Next(2) == 0 ? "required" : "auto";
                break;
        }

        return request;
    }

    /// <summary>Text and end of each answer; null where the client left.</summary>
    private async Task<IReadOnlyList<(string Text, string? Finish)>?> AskAsync(HttpClient http, JsonObject request, Departure departure, int leaveAfter)
    {
        using var leaving = new CancellationTokenSource();
        request["model"] = network.Model;
        using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = JsonContent.Create(request) };
        var sending = http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, leaving.Token);
        if (departure == Departure.BeforeTheAnswer)
        {
            await leaving.CancelAsync();
        }

        HttpResponseMessage? response = null;
        try
        {
            response = await sending;
            Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(CancellationToken.None)}");
            return (bool)request["stream"]! ? await ReadStreamAsync(response, departure, leaveAfter) : await ReadWholeAsync(response, departure);
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            response?.Dispose();
        }
    }

    private static async Task<IReadOnlyList<(string Text, string? Finish)>?> ReadWholeAsync(HttpResponseMessage response, Departure departure)
    {
        if (departure != Departure.None)
        {
            return null;
        }

        var answer = JsonElement.Parse(await response.Content.ReadAsByteArrayAsync());
        return [.. answer.GetProperty("choices").EnumerateArray().Select(choice => (TextOf(choice.GetProperty("message")), choice.GetProperty("finish_reason").GetString()))];
    }

    private static async Task<IReadOnlyList<(string Text, string? Finish)>?> ReadStreamAsync(HttpResponseMessage response, Departure departure, int leaveAfter)
    {
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        var answers = new SortedDictionary<int, (string Text, string? Finish)>();
        for (var events = 0; await lines.ReadLineAsync() is { } line;)
        {
            if (line == "data: [DONE]")
            {
                return [.. answers.Values];
            }

            if (departure != Departure.None && events++ == leaveAfter)
            {
                return null;
            }

            if (!line.StartsWith("data: ", StringComparison.Ordinal))
            {
                continue;
            }

            foreach (var choice in JsonElement.Parse(line["data: ".Length..]).GetProperty("choices").EnumerateArray())
            {
                var index = choice.GetProperty("index").GetInt32();
                var (text, _) = answers.GetValueOrDefault(index, ("", null));
                answers[index] = (text + TextOf(choice.GetProperty("delta")), choice.GetProperty("finish_reason").GetString());
            }
        }

        Assert.Fail("The stream ended without its end.");
        return null;
    }

    /// <summary>What a message or a piece of one says, functions and their arguments behind it.</summary>
    private static string TextOf(JsonElement message)
    {
        var text = message.TryGetProperty("content", out var content) ? content.GetString() ?? "" : "";
        return !message.TryGetProperty("tool_calls", out var calls) ? text
            : calls.EnumerateArray().Aggregate(text, (all, call) => all + (call.GetProperty("function").TryGetProperty("name", out var name) ? name.GetString() : "") + call.GetProperty("function").GetProperty("arguments").GetString());
    }

    private Dictionary<string, long> Memory() => network.Network.Processes.Processes.ToDictionary(
        process => process.Name,
        process => File.ReadLines($"/proc/{process.Current.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)) is var line
            ? long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024
            : 0);
}
