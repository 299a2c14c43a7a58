using System.Text.Json;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.StockClients;

/// <summary>OpenAI's official JavaScript client, as it comes from the registry.</summary>
[Collection(RunningNetwork.Collection)]
public sealed class OpenAiNodeTests(RunningNetwork network)
{
    [SkippableFact]
    public async Task Chat_JsonAndStream_GiveTheSameTextAndUsage()
    {
        var seen = await ChatAsync();

        Assert.NotEqual("", seen.GetProperty("streamed").GetString());
        Assert.Equal(seen.GetProperty("answer").GetString(), seen.GetProperty("streamed").GetString());
        Assert.Equal(1, seen.GetProperty("streamIds").GetInt32());
        Assert.Contains(seen.GetProperty("finishReason").GetString(), (string[])["stop", "length"]);
        Assert.Equal(
            seen.GetProperty("answerUsage").GetProperty("total_tokens").GetInt32(), seen.GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.Contains(network.Model, seen.GetProperty("models").EnumerateArray().Select(model => model.GetString()));
        Assert.NotEqual("", seen.GetProperty("requestId").GetString());
    }

    [SkippableTheory]
    [InlineData("badKey", "AuthenticationError", 401, "invalid_api_key")]
    [InlineData("noFunds", "APIError", 402, "insufficient_balance")] // The client has no type of its own for 402.
    [InlineData("badModel", "NotFoundError", 404, "model_not_found")]
    [InlineData("noMessages", "BadRequestError", 400, "invalid_value")]
    public async Task Chat_BadRequest_ThrowsTheTypedError(string request, string kind, int status, string code)
    {
        var refusal = (await ChatAsync()).GetProperty(request);

        Assert.True(refusal.GetProperty("isApiError").GetBoolean());
        Assert.Equal(kind, refusal.GetProperty("kind").GetString());
        Assert.Equal(status, refusal.GetProperty("status").GetInt32());
        Assert.Equal(code, refusal.GetProperty("code").GetString());
        Assert.NotNull(refusal.GetProperty("requestId").GetString());
    }

    private Task<JsonElement> ChatAsync() =>
        NodeClient.RunAsync("chat.mjs", new Uri(network.Url, "/v1").ToString(), network.Key, network.Model);
}
