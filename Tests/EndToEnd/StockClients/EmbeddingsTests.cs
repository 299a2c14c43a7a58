using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Client;
using CocoonOrleans.Tests.EndToEnd.Api;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Tests.Inference;
using OpenAI;
using OpenAI.Embeddings;

namespace CocoonOrleans.Tests.EndToEnd.StockClients;

/// <summary>Embeddings through a whole network, asked for by stock clients, and what they cost.</summary>
[Collection(EmbeddingsNetwork.Collection)]
public sealed class EmbeddingsTests(EmbeddingsNetwork fixture)
{
    // A token of the prompt: what the buyer pays at most, and the second worker's ask, which the first one is paid (nano).
    private const int Reserve = 20;
    private const int RunnerUp = 11;

    private TestNetwork Network => fixture.Network;

    [SkippableFact]
    public async Task Embeddings_OfTheNodeClient_AreTheSameAsBase64AndAsNumbers()
    {
        var seen = await NodeClient.RunAsync("embeddings.mjs", new Uri(Network.Url, "/v1").ToString(), Network.Key, Network.Model);

        var (byDefault, floats) = (Vectors(seen, "byDefault"), Vectors(seen, "floats"));
        Assert.Equal(("list", Network.Model), (seen.GetProperty("object").GetString(), seen.GetProperty("model").GetString()));
        Assert.Equal(3, byDefault.Count);
        Assert.All(byDefault.Zip(floats), pair => AssertSame(pair.First, pair.Second));
        AssertSame(byDefault[0], byDefault[2]);
        Assert.All(byDefault, vector => Assert.Equal((TinyEncoder.Hidden, 1.0), (vector.Length, Math.Round(vector.Sum(number => number * number), 5))));
        AssertSame(byDefault[1], Assert.Single(Vectors(seen, "single")));
        Assert.Equal([0, 1, 2], seen.GetProperty("indexes").EnumerateArray().Select(index => index.GetInt32()));
        Assert.Equal(Enumerable.Range(0, 300), seen.GetProperty("many").EnumerateArray().Select(index => index.GetInt32()));
        Assert.Equal((1, 2, 4), (Vectors(seen, "ids").Count, seen.GetProperty("manyIds").GetInt32(), seen.GetProperty("short").GetArrayLength()));

        // [CLS] the quick brown fox . [SEP], twice, and [CLS] j ##u ##m ##p ##ed [SEP].
        var usage = seen.GetProperty("usage");
        Assert.Equal((21, 21), (usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("total_tokens").GetInt32()));
        AssertRefused(seen.GetProperty("wide"), "BadRequestError", 400, "invalid_value", "dimensions");
        AssertRefused(seen.GetProperty("long"), "BadRequestError", 400, "context_length_exceeded", "input[1]");
        AssertRefused(seen.GetProperty("empty"), "BadRequestError", 400, "invalid_value", "input[1]");
        AssertRefused(seen.GetProperty("strange"), "BadRequestError", 400, "invalid_value", "input[1]");
        AssertRefused(seen.GetProperty("unknown"), "NotFoundError", 404, "model_not_found", "model");
        AssertRefused(seen.GetProperty("chat"), "BadRequestError", 400, "unsupported_model", "model");
    }

    [Fact]
    public async Task Embeddings_SealedByTheClient_AreTheSameAndCostTheSame()
    {
        var (plain, account) = (await Client().GenerateEmbeddingsAsync(["the fox", "jumped"]), await Network.CreateAccountAsync());
        using var transport = new HttpClientPipelineTransport(new HttpClient(new CocoonSealingHandler(new CocoonSealingOptions())));
        var client = new OpenAIClient(
            new ApiKeyCredential(account.ApiKey),
            new OpenAIClientOptions { Endpoint = new Uri(Network.Url, "/v1"), RetryPolicy = new ClientRetryPolicy(0), Transport = transport }).GetEmbeddingClient(Network.Model);

        var answer = await client.GenerateEmbeddingsAsync(["the fox", "jumped"]);

        Assert.Equal(plain.Value.Select(embedding => embedding.ToFloats().ToArray()), answer.Value.Select(embedding => embedding.ToFloats().ToArray()));
        var json = JsonElement.Parse(answer.GetRawResponse().Content.ToMemory().Span);
        Assert.Equal("client", json.GetProperty("provider").GetProperty("sealer").GetString());
        var job = Assert.Single(await Network.SettledAsync(account.Account.AccountId));
        Assert.Equal(("captured", 11L, 11L * RunnerUp), (job.State, job.PromptTokens, job.Captured.Value));
        Assert.Equal(json.GetProperty("usage").GetProperty("cost").GetString(), job.Captured.ToString());
    }

    [Fact]
    public async Task Embeddings_OfTheDotNetClient_HaveVectorsAndUsage()
    {
        var client = Client();

        OpenAIEmbeddingCollection answer = await client.GenerateEmbeddingsAsync(["the fox", "jumped"]);
        OpenAIEmbedding cut = await client.GenerateEmbeddingAsync("the fox", new EmbeddingGenerationOptions { Dimensions = 8 });

        Assert.Equal((Network.Model, 2, 11, 11), (answer.Model, answer.Count, answer.Usage.InputTokenCount, answer.Usage.TotalTokenCount));
        Assert.Equal([0, 1], answer.Select(embedding => embedding.Index));
        Assert.All(answer, embedding => Assert.Equal(TinyEncoder.Hidden, embedding.ToFloats().Length));
        double[] first = [.. answer[0].ToFloats()[..8].ToArray().Select(number => (double)number)];
        var length = Math.Sqrt(first.Sum(number => number * number));
        AssertSame([.. first.Select(number => number / length)], [.. cut.ToFloats().ToArray().Select(number => (double)number)]);
    }

    [Fact]
    public async Task Embeddings_OfTheDotNetClient_UnknownModel_Throws404()
        => Assert.Equal(404, (await Assert.ThrowsAsync<ClientResultException>(() => Client("no-such-model").GenerateEmbeddingAsync("fox"))).Status);

    [Fact]
    public async Task Embeddings_AreHeldForAndChargedByTheNano()
    {
        var account = await Network.CreateAccountAsync();
        using var http = Network.OpenHttp(account.ApiKey);

        using var response = await PostAsync(http, """{"model":"tiny-embeddings","input":["The quick brown fox.","jumped"]}""");

        var answer = JsonElement.Parse(await response.Content.ReadAsByteArrayAsync());
        var job = Assert.Single(await Network.SettledAsync(account.Account.AccountId));
        const int Tokens = 14;
        Assert.Equal(("captured", "complete", Tokens, 0), (job.State, job.Status, job.PromptTokens, job.CompletionTokens));
        Assert.Equal((Tokens * Reserve, Tokens * RunnerUp), (job.Held.Value, job.Captured.Value));
        Assert.Equal(account.Account.Balance.Value - (Tokens * RunnerUp), Network.Ledger.Balance(account.Account.AccountId).Value);
        Assert.Equal($"{Tokens * RunnerUp}", answer.GetProperty("usage").GetProperty("cost").GetString());
        Assert.Equal(job.WorkerId, answer.GetProperty("provider").GetProperty("worker").GetString());
    }

    [SkippableFact]
    public async Task Embeddings_Document_IsOpenAisResponse()
    {
        var schemas = OpenAiSchemas.Find();
        Skip.If(schemas is null, $"{OpenAiSchemas.Path} is not there");
        using var http = Network.OpenHttp();

        using var response = await PostAsync(http, """{"model":"tiny-embeddings","input":"fox"}""");

        schemas!.AssertValid("CreateEmbeddingResponse", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Embeddings_SameIdempotencyKeyTwice_AreChargedOnce()
    {
        var account = await Network.CreateAccountAsync();
        using var http = Network.OpenHttp(account.ApiKey);
        http.DefaultRequestHeaders.Add("Idempotency-Key", "once");
        const string Body = """{"model":"tiny-embeddings","input":"fox"}""";
        using (var first = await PostAsync(http, Body))
        {
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        }

        await Network.SettledAsync(account.Account.AccountId);
        using var second = await PostAsync(http, Body);
        using var other = await PostAsync(http, """{"model":"tiny-embeddings","input":"brown"}""");

        Assert.Equal((HttpStatusCode.Conflict, "idempotency_completed"), (second.StatusCode, await CodeAsync(second)));
        Assert.Equal((HttpStatusCode.Conflict, "idempotency_key_reuse"), (other.StatusCode, await CodeAsync(other)));
        Assert.Equal(1, Network.Ledger.Charges(account.Account.AccountId));
    }

    [Fact]
    public async Task Embeddings_HoldAboveTheBalance_Is402AndHoldsNothing()
    {
        var account = await Network.CreateAccountAsync();
        using var http = Network.OpenHttp(account.ApiKey);

        using var response = await PostAsync(http, """{"model":"tiny-embeddings","input":"fox","provider":{"max_price":{"prompt":"1000000000000000000"}}}""");

        Assert.Equal((HttpStatusCode.PaymentRequired, "insufficient_balance"), (response.StatusCode, await CodeAsync(response)));
        Assert.Empty(Network.Ledger.Jobs(account.Account.AccountId));
    }

    [Fact]
    public async Task Models_OfTheNetwork_TellTaskAndDimensions()
    {
        var model = await Network.ModelAsync();

        Assert.Equal(("embeddings", TinyEncoder.Hidden), (model.GetProperty("task").GetString(), model.GetProperty("embedding_dimensions").GetInt32()));
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await http.PostAsync("/v1/embeddings", content);
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage response)
        => JsonElement.Parse(await response.Content.ReadAsByteArrayAsync()).GetProperty("error").GetProperty("code").GetString();

    private static List<double[]> Vectors(JsonElement seen, string name)
        => [.. seen.GetProperty(name).EnumerateArray().Select(vector => vector.EnumerateArray().Select(number => number.GetDouble()).ToArray())];

    // libtorch and our own kernels sum in another order, and either worker may answer.
    private static void AssertSame(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    private static void AssertRefused(JsonElement refusal, string kind, int status, string code, string param)
    {
        Assert.True(refusal.GetProperty("isApiError").GetBoolean());
        Assert.Equal(
            (kind, status, code, param),
            (refusal.GetProperty("kind").GetString(), refusal.GetProperty("status").GetInt32(), refusal.GetProperty("code").GetString(), refusal.GetProperty("param").GetString()));
    }

    // No retries: a refusal must be seen as it came.
    private EmbeddingClient Client(string? model = null) => new OpenAIClient(
        new ApiKeyCredential(Network.Key), new OpenAIClientOptions { Endpoint = new Uri(Network.Url, "/v1"), RetryPolicy = new ClientRetryPolicy(0) }).GetEmbeddingClient(model ?? Network.Model);
}
