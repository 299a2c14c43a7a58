// Stock .NET clients of OpenAI's API, unmodified, against a gateway: Program BASE_URL API_KEY MODEL. Prints a JSON array with a row for each check.
using System.ClientModel;
using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

const string question = "What is 3 plus 4?";
var (endpoint, key, model) = (new Uri(args[0]), args[1], args[2]);
var rows = new JsonArray();
var openAi = new OpenAIClient(new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = endpoint });

ChatClient chat = openAi.GetChatClient(model);
await CheckAsync("OpenAI (.NET)", "CompleteChat", async () =>
{
    ChatCompletion answer = await chat.CompleteChatAsync(new UserChatMessage(question));
    Demand(answer.Content[0].Text.Length > 0 && answer.Usage.TotalTokenCount > 0, "no text or usage");
});
await CheckAsync("OpenAI (.NET)", "CompleteChatStreaming", async () =>
{
    var (text, finish) = ("", default(OpenAI.Chat.ChatFinishReason?));
    await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync(new UserChatMessage(question)))
    {
        text += string.Concat(update.ContentUpdate.Select(part => part.Text));
        finish = update.FinishReason ?? finish;
    }

    Demand(text.Length > 0 && finish is not null, "no text or no finish");
});
await CheckAsync("OpenAI (.NET)", "CompleteChat, a forced tool", async () =>
{
    var options = new ChatCompletionOptions { ToolChoice = ChatToolChoice.CreateRequiredChoice() };
    options.Tools.Add(ChatTool.CreateFunctionTool(
        "add", "Adds.", BinaryData.FromString("""{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"required":["a","b"],"additionalProperties":false}""")));
    ChatCompletion answer = await chat.CompleteChatAsync([new UserChatMessage(question)], options);
    using var arguments = JsonDocument.Parse(answer.ToolCalls[0].FunctionArguments);
    Demand(answer.ToolCalls[0].FunctionName == "add" && arguments.RootElement.TryGetProperty("a", out _), "no call");
});
await CheckAsync("OpenAI (.NET)", "ResponsesClient, JSON and stream", async () =>
{
    ResponsesClient responses = openAi.GetResponsesClient();
    ResponseResult answer = await responses.CreateResponseAsync(model, question);
    Demand(answer.GetOutputText().Length > 0, "no text");
    var text = "";
    await foreach (StreamingResponseUpdate update in await responses.CreateResponseStreamingAsync(model, question))
    {
        text += update is StreamingResponseOutputTextDeltaUpdate delta ? delta.Delta : "";
    }

    Demand(text.Length > 0, "no text in the stream");
});
await CheckAsync("OpenAI (.NET)", "GetModels", async () =>
{
    var models = await openAi.GetOpenAIModelClient().GetModelsAsync();
    Demand(models.Value.Any(one => one.Id == model), "the model is not there");
});
await CheckAsync("OpenAI (.NET)", "errors are typed", async () =>
{
    try
    {
        await openAi.GetChatClient("no-such-model").CompleteChatAsync(new UserChatMessage(question));
        Demand(false, "it was answered");
    }
    catch (ClientResultException refused)
    {
        Demand(refused.Status == 404 && refused.Message.Contains("model_not_found", StringComparison.Ordinal), refused.Message);
    }
});

IChatClient abstracted = chat.AsIChatClient();
await CheckAsync("Microsoft.Extensions.AI", "GetResponseAsync", async () =>
{
    ChatResponse answer = await abstracted.GetResponseAsync(question);
    Demand(answer.Text.Length > 0 && answer.Usage?.TotalTokenCount > 0, "no text or usage");
});
await CheckAsync("Microsoft.Extensions.AI", "GetStreamingResponseAsync", async () =>
{
    ChatResponse answer = await abstracted.GetStreamingResponseAsync(question).ToChatResponseAsync();
    Demand(answer.Text.Length > 0 && answer.FinishReason is not null, "no text or no finish");
});
await CheckAsync("Microsoft.Extensions.AI", "GetResponseAsync<T>, structured output", async () =>
{
    ChatResponse<Sum> answer = await abstracted.GetResponseAsync<Sum>(question);
    Demand(answer.TryGetResult(out _), answer.Text);
});
await CheckAsync("Microsoft.Extensions.AI", "function invocation, a forced call", async () =>
{
    var called = false;
    using IChatClient invoking = new ChatClientBuilder(abstracted).UseFunctionInvocation().Build();
    await invoking.GetResponseAsync(question, new ChatOptions
    {
        Tools = [AIFunctionFactory.Create(([Description("first")] long a, [Description("second")] long b) => { called = true; return 7; }, "add", "Adds.")],
        ToolMode = ChatToolMode.RequireAny,
    });
    Demand(called, "it was not called");
});

var service = new OpenAIChatCompletionService(model, openAi);
await CheckAsync("Semantic Kernel", "GetChatMessageContentAsync", async () =>
{
    var answer = await service.GetChatMessageContentAsync(new ChatHistory(question));
    Demand(answer.Content?.Length > 0, "no text");
});
await CheckAsync("Semantic Kernel", "GetStreamingChatMessageContentsAsync", async () =>
{
    var text = "";
    await foreach (var piece in service.GetStreamingChatMessageContentsAsync(new ChatHistory(question)))
    {
        text += piece.Content;
    }

    Demand(text.Length > 0, "no text");
});
await CheckAsync("Semantic Kernel", "a prompt function of a kernel with an own endpoint", async () =>
{
    Kernel kernel = Kernel.CreateBuilder().AddOpenAIChatCompletion(model, endpoint, key).Build();
    Demand((await kernel.InvokePromptAsync(question)).ToString().Length > 0, "no text");
});
await CheckAsync("Semantic Kernel", "a plugin's function, required", async () =>
{
    var called = false;
    Kernel kernel = Kernel.CreateBuilder().AddOpenAIChatCompletion(model, openAi).Build();
    kernel.Plugins.AddFromFunctions("sums", [KernelFunctionFactory.CreateFromMethod((long a, long b) => { called = true; return 7; }, "add", "Adds.")]);
    await service.GetChatMessageContentAsync(
        new ChatHistory(question), new OpenAIPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Required() }, kernel);
    Demand(called, "it was not called");
});

Console.WriteLine(rows.ToJsonString());
return 0;

static void Demand(bool holds, string what)
{
    if (!holds)
    {
        throw new InvalidOperationException(what);
    }
}

async Task CheckAsync(string client, string what, Func<Task> body)
{
    string? error = null;
    try
    {
        await body();
    }
    catch (Exception e)
    {
        error = e.Message.Length > 400 ? e.Message[..400] : e.Message;
    }

    rows.Add(new JsonObject { ["client"] = client, ["check"] = what, ["passed"] = error is null, ["error"] = error });
}

/// <summary>What a structured answer is read into.</summary>
internal sealed record Sum(long Value);
