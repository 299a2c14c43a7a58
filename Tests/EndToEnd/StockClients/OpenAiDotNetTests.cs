using System.ClientModel;
using System.ClientModel.Primitives;
using CocoonOrleans.Tests.EndToEnd.Networks;
using OpenAI;
using OpenAI.Chat;

namespace CocoonOrleans.Tests.EndToEnd.StockClients;

/// <summary>OpenAI's official .NET client, as it comes from the registry.</summary>
[Collection(RunningNetwork.Collection)]
public sealed class OpenAiDotNetTests(RunningNetwork network)
{
    private static readonly ChatMessage[] Question = [new UserChatMessage("What is 3 plus 4?")];
    private static readonly ChatCompletionOptions Repeatable = new() { Temperature = 0, MaxOutputTokenCount = 24 };

    [Fact]
    public async Task CompleteChat_Question_AnswersWithUsage()
    {
        ChatCompletion answer = await Client(network.Key).CompleteChatAsync(Question, Repeatable);

        Assert.NotEmpty(answer.Content[0].Text);
        Assert.Equal(network.Model, answer.Model);
        Assert.Equal(ChatMessageRole.Assistant, answer.Role);
        Assert.Equal(answer.Usage.TotalTokenCount, answer.Usage.InputTokenCount + answer.Usage.OutputTokenCount);
        Assert.InRange(answer.Usage.OutputTokenCount, 1, 24);
    }

    [Fact]
    public async Task CompleteChatStreaming_SameQuestion_GivesTheSameTextInPieces()
    {
        var client = Client(network.Key);
        ChatCompletion whole = await client.CompleteChatAsync(Question, Repeatable);

        var text = "";
        ChatFinishReason? finish = null;
        ChatTokenUsage? usage = null;
        var pieces = 0;
        await foreach (var update in client.CompleteChatStreamingAsync(Question, Repeatable))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            pieces += update.ContentUpdate.Count > 0 ? 1 : 0;
            finish = update.FinishReason ?? finish;
            usage = update.Usage ?? usage;
        }

        Assert.Equal(whole.Content[0].Text, text);
        Assert.True(pieces > 1, "The answer came in one piece.");
        Assert.Equal(whole.FinishReason, finish);
        Assert.Equal(whole.Usage.OutputTokenCount, usage!.OutputTokenCount);
    }

    [Fact]
    public async Task CompleteChat_UnknownKey_Throws401()
    {
        var refusal = await Assert.ThrowsAsync<ClientResultException>(
            () => Client("ck_nobody.00000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").CompleteChatAsync(Question, Repeatable));

        Assert.Equal(401, refusal.Status);
        Assert.Contains("invalid_api_key", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompleteChat_HoldAboveTheBalance_Throws402()
    {
        // The hold is placed at the price that the buyer allows: with this one no account here can cover even one token.
        var dear = new ChatCompletionOptions { MaxOutputTokenCount = 24 };
#pragma warning disable SCME0001 // the client's documented way to send a field that it doesn't know
        dear.Patch.Set("$.provider.max_price.completion"u8, "1000000000000000000");
        dear.Patch.Set("$.provider.max_price.prompt"u8, "1000000000000000000");
#pragma warning restore SCME0001

        var refusal = await Assert.ThrowsAsync<ClientResultException>(() => Client(network.Key).CompleteChatAsync(Question, dear));

        Assert.Equal(402, refusal.Status);
        Assert.Contains("insufficient_balance", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompleteChat_UnknownModel_Throws404()
    {
        var refusal = await Assert.ThrowsAsync<ClientResultException>(() => Client(network.Key, "no-such-model").CompleteChatAsync(Question, Repeatable));

        Assert.Equal(404, refusal.Status);
        Assert.Contains("model_not_found", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetModels_Network_ListsTheServedModel()
    {
        var models = await OpenAi(network.Key).GetOpenAIModelClient().GetModelsAsync();

        Assert.Contains(models.Value, model => model.Id == network.Model);
    }

    private ChatClient Client(string key, string? model = null) => OpenAi(key).GetChatClient(model ?? network.Model);

    // No retries: a refusal must be seen as it came.
    private OpenAIClient OpenAi(string key) => new(
        new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = new Uri(network.Url, "/v1"), RetryPolicy = new ClientRetryPolicy(0) });
}
