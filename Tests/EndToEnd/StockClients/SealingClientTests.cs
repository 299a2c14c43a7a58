using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using CocoonOrleans.Client;
using CocoonOrleans.Market;
using CocoonOrleans.Tests.EndToEnd.Networks;
using OpenAI;
using OpenAI.Chat;

namespace CocoonOrleans.Tests.EndToEnd.StockClients;

/// <summary>OpenAI's official .NET client over the handler that seals: the gateway passes on what it can't read.</summary>
[Collection(RunningNetwork.Collection)]
public sealed class SealingClientTests(RunningNetwork network)
{
    private const string Canary = "quillfeather-2291-obsidian";

    private static readonly ChatMessage[] Question = [new UserChatMessage("What is 3 plus 4?")];
    private static readonly ChatCompletionOptions Repeatable = new() { Temperature = 0, MaxOutputTokenCount = 24 };

    [Fact]
    public async Task CompleteChatStreaming_Sealed_SaysWhatTheGatewayWouldHaveSealed()
    {
        ChatCompletion plain = await Client(new HttpClientPipelineTransport()).CompleteChatAsync(Question, Repeatable);
        using var transport = Sealed();

        var text = "";
        ChatTokenUsage? usage = null;
        ChatFinishReason? finish = null;
        await foreach (var update in Client(transport).CompleteChatStreamingAsync(Question, Repeatable))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            (usage, finish) = (update.Usage ?? usage, update.FinishReason ?? finish);
        }

        Assert.Equal(plain.Content[0].Text, text);
        Assert.Equal((plain.FinishReason, plain.Usage.InputTokenCount, plain.Usage.OutputTokenCount), (finish, usage?.InputTokenCount ?? 0, usage?.OutputTokenCount ?? 0));
    }

    [Fact]
    public async Task CompleteChat_Sealed_IsChargedToTheNanoAndNamesItsSealer()
    {
        var account = await network.CreateAccountAsync();
        using var transport = Sealed();

        var answer = await Client(transport, account.ApiKey).CompleteChatAsync(Question, Repeatable);

        var json = JsonElement.Parse(answer.GetRawResponse().Content.ToMemory().Span);
        var provider = json.GetProperty("provider");
        Assert.Equal(
            ("client", "open", true),
            (provider.GetProperty("sealer").GetString(), provider.GetProperty("tier").GetString(), provider.GetProperty("receipt_verified").GetBoolean()));
        var job = Assert.Single(await network.Network.SettledAsync(account.Account.AccountId));
        Assert.Equal(
            ("captured", "complete", (long)answer.Value.Usage.InputTokenCount, (long)answer.Value.Usage.OutputTokenCount),
            (job.State, job.Status, job.PromptTokens, job.CompletionTokens));
        Assert.Equal(json.GetProperty("usage").GetProperty("cost").GetString(), job.Captured.ToString());
        Assert.True(job.Captured > Nano.Zero && job.Captured <= job.Held, $"{job}");
        Assert.Equal(provider.GetProperty("worker").GetString(), job.WorkerId);
    }

    [Fact]
    public async Task CompleteChat_WorkerRefusesThePrompt_IsToldAndCostsNothing()
    {
        var account = await network.CreateAccountAsync();
        using var transport = Sealed();

        var refused = await Assert.ThrowsAsync<ClientResultException>(
            () => Client(transport, account.ApiKey).CompleteChatAsync([new UserChatMessage(string.Concat(Enumerable.Repeat("What is 3 plus 4? ", 2000)))], Repeatable));

        Assert.Equal(400, refused.Status);
        Assert.Contains("context_length_exceeded", refused.Message, StringComparison.Ordinal);
        Assert.Equal(("released", Nano.Zero), Assert.Single(await network.Network.SettledAsync(account.Account.AccountId)) is var job ? (job.State, job.Captured) : default);
    }

    [Fact]
    public async Task CompleteChat_UnknownKey_Throws401()
    {
        using var transport = Sealed();

        var refused = await Assert.ThrowsAsync<ClientResultException>(
            () => Client(transport, "ck_nobody.00000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").CompleteChatAsync(Question, Repeatable));

        Assert.Equal(401, refused.Status);
    }

    [Fact]
    public async Task CompleteChat_TextThatOccursNowhereElse_IsInNoTraceAfterwards()
    {
        var account = await network.CreateAccountAsync();
        using var transport = Sealed();

        await Client(transport, account.ApiKey).CompleteChatAsync([new UserChatMessage($"Say {Canary} please.")], Repeatable);
        await network.Network.SettledAsync(account.Account.AccountId);

        Assert.Empty(Traces.Of(network.Network, Canary, account.ApiKey));
    }

    private static HttpClientPipelineTransport Sealed() => new(new HttpClient(new CocoonSealingHandler(new CocoonSealingOptions())));

    private ChatClient Client(PipelineTransport transport, string? key = null) => new OpenAIClient(
        new ApiKeyCredential(key ?? network.Key),
        new OpenAIClientOptions { Endpoint = new Uri(network.Url, "/v1"), RetryPolicy = new ClientRetryPolicy(0), Transport = transport }).GetChatClient(network.Model);
}
