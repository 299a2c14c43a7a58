using System.Text.Json;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>Finds out what a server is, whether it serves the model, and how long its context is.</summary>
internal static class UpstreamProbe
{
    private const int LongestVersion = 40;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Asks the server.</summary>
    /// <exception cref="UpstreamFaultException">It doesn't answer, or makes no sense.</exception>
    /// <exception cref="UpstreamException">It serves other models.</exception>
    public static async Task<UpstreamServer> AskAsync(UpstreamHttp http, UpstreamModelOptions options, CancellationToken cancellationToken)
    {
        using var models = await http.GetAsync("/v1/models", Limit, cancellationToken);
        var model = FindModel(models.RootElement, options);
        var dialect = options.Dialect != UpstreamDialect.Auto ? options.Dialect : Owner(model) switch
        {
            "vllm" => UpstreamDialect.Vllm,
            "sglang" => UpstreamDialect.Sglang,
            "llamacpp" => UpstreamDialect.LlamaServer,
            _ => UpstreamDialect.OpenAi,
        };
        var context = UpstreamJson.FindInteger(model, "max_model_len") is > 1 and var length ? length : (int?)null;
        return dialect switch
        {
            UpstreamDialect.Vllm => new UpstreamServer(dialect, await FindAsync(http, "/version", Version, cancellationToken) ?? "", context),
            UpstreamDialect.Sglang => await FindAsync(http, "/server_info", Sglang, cancellationToken)
                ?? await FindAsync(http, "/get_server_info", Sglang, cancellationToken)
                ?? Sglang(default),
            UpstreamDialect.LlamaServer => await FindAsync(http, "/props", LlamaServer, cancellationToken) ?? LlamaServer(default),
            _ => new UpstreamServer(dialect, "", context),
        };

        UpstreamServer Sglang(JsonElement about) => new(
            dialect, Version(about) ?? "", context, UpstreamJson.Find(about, "enable_deterministic_inference") is { ValueKind: JsonValueKind.True });

        UpstreamServer LlamaServer(JsonElement about) => new(
            dialect,
            Clean(UpstreamJson.FindText(about, "build_info")) ?? "",
            UpstreamJson.Find(about, "default_generation_settings") is { } settings ? UpstreamJson.FindInteger(settings, "n_ctx") : null,
            Slots: UpstreamJson.FindInteger(about, "total_slots"));
    }

    private static JsonElement FindModel(JsonElement models, UpstreamModelOptions options)
    {
        if (UpstreamJson.Find(models, "data") is not { ValueKind: JsonValueKind.Array } list)
        {
            throw UpstreamJson.Broken("/v1/models holds no list");
        }

        foreach (var model in list.EnumerateArray())
        {
            if (UpstreamJson.FindText(model, "id") == options.Model)
            {
                return model;
            }
        }

        var served = string.Join(", ", list.EnumerateArray().Select(model => Clean(UpstreamJson.FindText(model, "id"))).OfType<string>().Take(10));
        throw new UpstreamException($"The upstream {options.Address} doesn't serve the model {options.Model}. It serves: {served}. Set the model's Upstream:Model to one of these names.");
    }

    private static string? Owner(JsonElement model) => UpstreamJson.FindText(model, "owned_by");

    private static string? Version(JsonElement about) => Clean(UpstreamJson.FindText(about, "version"));

    /// <summary>A text for logs and registrations: printable ASCII of a readable length; null where it is another one.</summary>
    private static string? Clean(string? text) => text is { Length: > 0 and <= 256 } && text.All(c => c is > ' ' and <= '~') ? text[..Math.Min(text.Length, LongestVersion)] : null;

    /// <summary>What a path says that not every version of a server has.</summary>
    private static async Task<T?> FindAsync<T>(UpstreamHttp http, string path, Func<JsonElement, T?> read, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            using var about = await http.GetAsync(path, Limit, cancellationToken);
            return read(about.RootElement);
        }
        catch (UpstreamFaultException e) when (e.Fault is UpstreamFault.Unknown or UpstreamFault.Refused or UpstreamFault.Broken)
        {
            return null;
        }
    }
}
