using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Inference.Engines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Tests.Inference.Upstream;

/// <summary>
/// Our own engine, with a real model, behind vLLM's <c>/v1/completions</c>: NOT vLLM, but what comes out was computed, so it can be compared with what the same
/// engine says in the process.
/// </summary>
public sealed class OwnEngineServer : IAsyncDisposable
{
    public const string Model = "served/house";

    private readonly WebApplication _app;

    private OwnEngineServer(WebApplication app)
    {
        _app = app;
        app.MapGet("/v1/models", () => TypedResults.Text($$"""{"object":"list","data":[{"id":"{{Model}}","owned_by":"vllm","max_model_len":512}]}""", "application/json"));
        app.MapGet("/version", () => TypedResults.Text("""{"version":"0.0.0+own-engine"}""", "application/json"));
        app.MapPost("/v1/completions", (RequestDelegate)CompleteAsync);
    }

    /// <summary>Where it listens.</summary>
    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>The engine behind it.</summary>
    public IInferenceEngine Engine => _app.Services.GetRequiredService<IInferenceEngine>();

    /// <param name="folder">The model's folder, weights included.</param>
    public static async Task<OwnEngineServer> StartAsync(string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddNativeEngine();
        var server = new OwnEngineServer(builder.Build());
        await server._app.StartAsync();
        await server.Engine.LoadAsync(new ModelReference(Model, folder), null, CancellationToken.None);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task CompleteAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        await foreach (var step in Engine.GenerateAsync(Read(body.RootElement), context.RequestAborted))
        {
            var choice = new JsonObject { ["index"] = 0, ["text"] = step.Text, ["finish_reason"] = (step as GenerationFinished)?.Reason.ToString().ToLowerInvariant(), ["token_ids"] = new JsonArray() };
            if (step is TokenGenerated token)
            {
                choice["token_ids"] = new JsonArray(token.Id);
                choice["logprobs"] = Logprobs(token);
            }

            await context.Response.WriteAsync($"data: {new JsonObject { ["model"] = Model, ["choices"] = new JsonArray(choice) }.ToJsonString()}\n\n", context.RequestAborted);
        }

        await context.Response.WriteAsync("data: [DONE]\n\n", context.RequestAborted);
    }

    private static GenerationRequest Read(JsonElement json) => new()
    {
        Model = json.GetProperty("model").GetString()!,
        PromptIds = Ids(json, "prompt"),
        MaxCompletionTokens = json.GetProperty("max_tokens").GetInt32(),
        StopIds = Ids(json, "stop_token_ids"),
        StopStrings = json.TryGetProperty("stop", out var stops) ? [.. stops.EnumerateArray().Select(stop => stop.GetString()!)] : [],
        Sampling = new SamplingOptions
        {
            Temperature = Number(json, "temperature"),
            TopP = Number(json, "top_p"),
            TopK = Math.Max(0, json.GetProperty("top_k").GetInt32()),
            MinP = Number(json, "min_p"),
            PresencePenalty = Number(json, "presence_penalty"),
            FrequencyPenalty = Number(json, "frequency_penalty"),
            RepetitionPenalty = Number(json, "repetition_penalty"),
            LogitBias = json.TryGetProperty("logit_bias", out var bias)
                ? bias.EnumerateObject().ToDictionary(member => int.Parse(member.Name, CultureInfo.InvariantCulture), member => member.Value.GetDouble())
                : new Dictionary<int, double>(),
            Seed = json.GetProperty("seed").GetInt64(),
            TopLogprobs = json.TryGetProperty("logprobs", out var top) ? top.GetInt32() : null,
        },
    };

    private static JsonObject? Logprobs(TokenGenerated token)
    {
        if (token.Logprobs is not { } logprobs)
        {
            return null;
        }

        // vLLM has the token itself among the likeliest, whatever its place.
        var top = new JsonObject { [Name(token.Id)] = logprobs.Logprob };
        foreach (var other in logprobs.Top.Where(other => double.IsFinite(other.Logprob)))
        {
            top[Name(other.Id)] = other.Logprob;
        }

        return new JsonObject { ["tokens"] = new JsonArray(Name(token.Id)), ["token_logprobs"] = new JsonArray(logprobs.Logprob), ["top_logprobs"] = new JsonArray(top) };
    }

    private static string Name(int id) => $"token_id:{id.ToString(CultureInfo.InvariantCulture)}";

    private static int[] Ids(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];

    private static double Number(JsonElement json, string name) => json.GetProperty(name).GetDouble();
}
