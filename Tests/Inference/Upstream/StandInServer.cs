using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Inference.Upstream;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Tests.Inference.Upstream;

/// <summary>
/// A STAND-IN FOR A MODEL SERVER: no model is behind it, and it is neither vLLM nor SGLang nor llama-server. It speaks their formats as their sources and
/// documents describe them, over real HTTP on loopback, and says a sentence over and over, one letter a token (<see cref="TinyModel"/>'s ids are bytes).
/// Where a test sets <see cref="Answer"/>, it misbehaves as that says.
/// </summary>
public sealed class StandInServer : IAsyncDisposable
{
    public const string Model = "served/tiny";

    private const string Sentence = "The quick brown fox jumps over the lazy dog, and the dog sleeps on in the warm sun. ";

    private readonly WebApplication _app;
    private readonly UpstreamDialect _dialect;
    private int _open;
    private int _abandoned;

    private StandInServer(WebApplication app, UpstreamDialect dialect)
    {
        (_app, _dialect) = (app, dialect);
        app.Run(HandleAsync);
    }

    /// <summary>Where it listens.</summary>
    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>Paths asked for, each time.</summary>
    public ConcurrentQueue<string> Paths { get; } = [];

    /// <summary>Bodies of all requests to generate something, but the trial at load.</summary>
    public ConcurrentQueue<JsonElement> Requests { get; } = [];

    /// <summary>The header of the last request.</summary>
    public string? Authorization { get; private set; }

    /// <summary>Answers that are being sent.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Answers whose reader left before their end.</summary>
    public int Abandoned => Volatile.Read(ref _abandoned);

    /// <summary>Answers requests to generate something, in its place; not the trial at load.</summary>
    public Func<HttpContext, JsonElement, Task>? Answer { get; set; }

    /// <summary>Answers all requests, in its place, where it returns true.</summary>
    public Func<HttpContext, Task<bool>>? Everything { get; set; }

    /// <summary>Numbers of its vectors, which depend on an input's ids alone.</summary>
    public const int VectorSize = 10;

    /// <summary>Changes each answer with vectors before it is sent.</summary>
    public Action<JsonObject>? ChangeVectors { get; set; }

    /// <summary>What it says about the model's context.</summary>
    public int? ContextTokens { get; set; } = 512;

    /// <summary>Whether SGLang's events hold the new ids only.</summary>
    public bool Incremental { get; set; }

    /// <summary>Whether SGLang draws by seeds.</summary>
    public bool KeepsSeeds { get; set; } = true;

    /// <summary>Added to each id that is said, as if the vocabulary were another one.</summary>
    public int IdOffset { get; set; }

    /// <summary>Whether the ids are left out, as by an old vLLM.</summary>
    public bool WithoutIds { get; set; }

    public static async Task<StandInServer> StartAsync(UpstreamDialect dialect)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new StandInServer(builder.Build(), dialect);
        await server._app.StartAsync();
        return server;
    }

    public UpstreamModelOptions Options() => new() { Address = Address, Model = Model, Weights = "tiny@1" };

    /// <summary>Begins an event stream.</summary>
    public static Task BeginAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        return context.Response.StartAsync();
    }

    /// <summary>Sends bytes as they are.</summary>
    public static async Task SendAsync(HttpContext context, string text) => await SendAsync(context, Encoding.UTF8.GetBytes(text));

    public static async Task SendAsync(HttpContext context, byte[] bytes)
    {
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    /// <summary>An event of vLLM with these ids.</summary>
    public static string VllmEvent(IEnumerable<int> ids, string? finish = null, string model = Model) =>
        $"data: {JsonSerializer.Serialize(new { id = "cmpl-1", @object = "text_completion", model, choices = new[] { new { index = 0, text = "?", finish_reason = finish, token_ids = ids } } })}\n\n";

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        Paths.Enqueue($"{context.Request.Method} {context.Request.Path}");
        Authorization = context.Request.Headers.Authorization;
        if (Everything is { } everything && await everything(context))
        {
            return;
        }

        var path = context.Request.Path.Value;
        var about = (path, _dialect) switch
        {
            ("/v1/models", _) => Models(),
            ("/version", UpstreamDialect.Vllm) => new JsonObject { ["version"] = "0.11.0" },
            ("/get_server_info", UpstreamDialect.Sglang) => new JsonObject { ["version"] = "0.5.4", ["enable_deterministic_inference"] = KeepsSeeds, ["tp_size"] = 1 },
            ("/props", UpstreamDialect.LlamaServer) => new JsonObject
            {
                ["build_info"] = "b6500-0123abc",
                ["total_slots"] = 4,
                ["default_generation_settings"] = new JsonObject { ["n_ctx"] = ContextTokens },
            },
            _ => null,
        };
        if (about is not null)
        {
            await context.Response.WriteAsJsonAsync(about);
        }
        else if (context.Request.Method == "POST" && path == PathOf(_dialect))
        {
            await GenerateAsync(context);
        }
        else if (context.Request.Method == "POST" && path == "/v1/embeddings")
        {
            await EmbedAsync(context);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private JsonObject Models()
    {
        var model = new JsonObject { ["id"] = Model, ["object"] = "model", ["owned_by"] = OwnerOf(_dialect) };
        if (_dialect is UpstreamDialect.Vllm or UpstreamDialect.Sglang)
        {
            model["max_model_len"] = ContextTokens;
        }

        return new JsonObject { ["object"] = "list", ["data"] = new JsonArray(model) };
    }

    private async Task EmbedAsync(HttpContext context)
    {
        using var document = await JsonDocument.ParseAsync(context.Request.Body);
        var input = document.RootElement.GetProperty("input");
        var inputs = input.ValueKind == JsonValueKind.String
            ? [[.. Encoding.ASCII.GetBytes(input.GetString()!).Select(letter => letter + IdOffset)]]
            : input.EnumerateArray().Select(ids => ids.EnumerateArray().Select(id => id.GetInt32()).ToArray()).ToArray();
        var answer = new JsonObject
        {
            ["object"] = "list",
            ["model"] = Model,
            ["data"] = new JsonArray([.. inputs.Select((ids, index) => new JsonObject { ["object"] = "embedding", ["index"] = index, ["embedding"] = Vector(ids) })]),
            ["usage"] = new JsonObject { ["prompt_tokens"] = 999_999, ["total_tokens"] = 999_999 },
        };
        ChangeVectors?.Invoke(answer);
        await context.Response.WriteAsJsonAsync(answer);
    }

    private static JsonArray Vector(int[] ids)
    {
        var random = new Random(ids.Aggregate(17, (hash, id) => unchecked((hash * 31) + id)));
        return [.. Enumerable.Range(0, VectorSize).Select(_ => (JsonNode)(random.NextDouble() - 0.5))];
    }

    private async Task GenerateAsync(HttpContext context)
    {
        using var document = await JsonDocument.ParseAsync(context.Request.Body);
        var request = document.RootElement.Clone();
        var trial = Ids(request, "prompt", "input_ids").SequenceEqual(Encoding.ASCII.GetBytes("The quick brown fox jumps over the").Select(letter => (int)letter));
        if (!trial)
        {
            Requests.Enqueue(request);
        }

        Interlocked.Increment(ref _open);
        try
        {
            if (!trial && Answer is { } answer)
            {
                await answer(context, request);
            }
            else
            {
                await SayAsync(context, request);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            Interlocked.Increment(ref _abandoned);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task SayAsync(HttpContext context, JsonElement request)
    {
        var sampling = _dialect == UpstreamDialect.Sglang ? request.GetProperty("sampling_params") : request;
        var most = First(sampling, "max_tokens", "max_new_tokens", "n_predict").GetInt32();
        var stops = sampling.TryGetProperty("stop_token_ids", out _) ? Ids(sampling, "stop_token_ids") : [];
        var start = sampling.GetProperty("temperature").GetDouble() == 0 ? 0 : (int)(ulong.Parse($"{First(sampling, "seed", "sampling_seed")}".TrimStart('-')) % (ulong)Sentence.Length);
        var said = new List<int>();
        await BeginAsync(context);
        await SendAsync(context, ": a comment, as servers send while nothing comes\n\n");
        while (true)
        {
            int letter = Sentence[(start + said.Count) % Sentence.Length];
            said.Add(letter + IdOffset);
            var finish = stops.Contains(letter) ? "stop" : said.Count == most ? "length" : null;
            await SendAsync(context, $"data: {Event(said, $"{(char)letter}", finish, logprobs: sampling.TryGetProperty("logprobs", out _)).ToJsonString()}\n\n");
            if (finish is not null)
            {
                break;
            }
        }

        // Far too many tokens: nobody may believe it.
        await SendAsync(context, """data: {"model":"served/tiny","choices":[],"usage":{"prompt_tokens":999999,"completion_tokens":999999,"total_tokens":1999998}}""" + "\n\n");
        await SendAsync(context, "data: [DONE]\n\n");
    }

    private JsonObject Event(List<int> said, string text, string? finish, bool logprobs) => _dialect switch
    {
        UpstreamDialect.Sglang => new JsonObject
        {
            ["text"] = string.Concat(said.Select(id => (char)(id - IdOffset))),
            ["output_ids"] = new JsonArray([.. (Incremental ? said[^1..] : said).Select(id => (JsonNode)id)]),
            ["meta_info"] = new JsonObject { ["completion_tokens"] = said.Count, ["finish_reason"] = finish is null ? null : new JsonObject { ["type"] = finish } },
        },
        UpstreamDialect.LlamaServer => new JsonObject
        {
            ["index"] = 0,
            ["content"] = text,
            ["tokens"] = new JsonArray(said[^1]),
            ["stop"] = finish is not null,
            ["stop_type"] = finish switch { "stop" => "eos", "length" => "limit", _ => "none" },
        },
        _ => new JsonObject
        {
            ["id"] = "cmpl-1",
            ["object"] = "text_completion",
            ["model"] = Model,
            ["choices"] = new JsonArray(Choice(said, text, finish, logprobs)),
        },
    };

    private JsonObject Choice(List<int> said, string text, string? finish, bool logprobs)
    {
        var choice = new JsonObject { ["index"] = 0, ["text"] = text, ["logprobs"] = null, ["finish_reason"] = finish };
        if (_dialect == UpstreamDialect.Vllm && !WithoutIds)
        {
            choice["token_ids"] = new JsonArray(said[^1]);
        }

        if (logprobs)
        {
            choice["logprobs"] = new JsonObject
            {
                ["tokens"] = new JsonArray($"token_id:{said[^1]}"),
                ["token_logprobs"] = new JsonArray(-0.5),
                ["top_logprobs"] = new JsonArray(new JsonObject { [$"token_id:{said[^1]}"] = -0.5 }),
            };
        }

        return choice;
    }

    private static int[] Ids(JsonElement parent, params string[] names) => [.. First(parent, names).EnumerateArray().Select(id => id.GetInt32())];

    private static JsonElement First(JsonElement parent, params string[] names) => names.Where(name => parent.TryGetProperty(name, out _)).Select(parent.GetProperty).First();

    private static string OwnerOf(UpstreamDialect dialect) => dialect switch
    {
        UpstreamDialect.Vllm => "vllm",
        UpstreamDialect.Sglang => "sglang",
        UpstreamDialect.LlamaServer => "llamacpp",
        _ => "somebody",
    };

    private static string PathOf(UpstreamDialect dialect) => dialect switch
    {
        UpstreamDialect.Sglang => "/generate",
        UpstreamDialect.LlamaServer => "/completion",
        _ => "/v1/completions",
    };
}
