using System.Collections.Frozen;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Errors;

namespace CocoonOrleans.Gateway.OpenApi;

/// <summary>
/// The OpenAPI document of the public API. Which paths and methods it has is read from the routes, and which errors from <see cref="ErrorKinds"/>; what requests and answers
/// look like stands in <c>openapi.json</c> beside this file. A route that is not described there is in the document all the same, without a schema.
/// </summary>
public sealed partial class ApiDocument(EndpointDataSource routes)
{
    private const string Resource = "CocoonOrleans.Gateway.OpenApi.openapi.json";
    private const string Errors = "x-errors";

    private static readonly string[] UsualErrors = ["400", "401", "404", "429", "500", "503"];
    private static readonly FrozenDictionary<string, ErrorKind[]> KindsByStatus = ErrorKinds.All.GroupBy(static kind => $"{kind.Status}").ToFrozenDictionary(static kinds => kinds.Key, static kinds => kinds.ToArray());

    private readonly Lazy<byte[]> _utf8 = new(() => Write(Build(routes.Endpoints, out _)));

    /// <summary>Answers <c>GET /openapi/v1.json</c>.</summary>
    public IResult Get() => Results.Bytes(_utf8.Value, "application/json");

    /// <summary>The document.</summary>
    /// <param name="endpoints">What the gateway answers.</param>
    /// <param name="stale">Operations that are described and that nothing answers.</param>
    public static JsonObject Build(IEnumerable<Endpoint> endpoints, out IReadOnlyList<string> stale)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        JsonObject document = Read();
        JsonObject described = document["paths"]!.AsObject();
        var paths = new JsonObject();
        foreach ((string path, string method) in Operations(endpoints))
        {
            JsonObject operation = described[path]?[method]?.DeepClone().AsObject() ?? new JsonObject { ["summary"] = $"{method.ToUpperInvariant()} {path}", ["responses"] = Good() };
            Complete(operation, path);
            if (paths[path] is not JsonObject entry)
            {
                paths[path] = entry = [];
            }

            entry[method] = operation;
        }

        stale = [.. described.SelectMany(path => path.Value!.AsObject().Select(method => (Path: path.Key, Method: method.Key))).Where(one => paths[one.Path]?[one.Method] is null).Select(static one => $"{one.Method} {one.Path}")];
        document["paths"] = paths;
        return document;
    }

    private static JsonObject Read()
    {
        using Stream file = typeof(ApiDocument).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"The resource {Resource} is missing.");
        return JsonNode.Parse(file)!.AsObject();
    }

    private static byte[] Write(JsonObject document) => AnswerJson.Write(json => document.WriteTo(json));

    private static JsonObject Good() => new() { ["200"] = new JsonObject { ["description"] = "The answer." } };

    private static IEnumerable<(string Path, string Method)> Operations(IEnumerable<Endpoint> endpoints) =>
        from endpoint in endpoints.OfType<RouteEndpoint>()
        let path = "/" + Constraint().Replace(endpoint.RoutePattern.RawText!.TrimStart('/'), "{$1}")
        where path.StartsWith("/v1/", StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
        orderby path, method
        select (path, method.ToLowerInvariant());

    /// <summary>Adds the path's parameters and the errors.</summary>
    private static void Complete(JsonObject operation, string path)
    {
        var parameters = operation["parameters"] as JsonArray ?? [];
        foreach (Match name in Parameter().Matches(path))
        {
            parameters.Add((JsonNode)new JsonObject { ["name"] = name.Groups[1].Value, ["in"] = "path", ["required"] = true, ["schema"] = new JsonObject { ["type"] = "string" } });
        }

        operation.Remove("parameters");
        if (parameters.Count > 0)
        {
            operation["parameters"] = parameters.DeepClone();
        }

        string[] statuses = operation[Errors] is JsonArray listed ? [.. listed.Select(static status => status!.GetValue<string>())] : UsualErrors;
        operation.Remove(Errors);
        foreach (string status in statuses)
        {
            operation["responses"]![status] = Failure(KindsByStatus[status]);
        }
    }

    private static JsonObject Failure(ErrorKind[] kinds)
    {
        var failure = new JsonObject
        {
            ["description"] = string.Join(' ', kinds.Select(static kind => $"{kind.Code ?? "(no code)"}: {kind.Remedy}")),
            ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = "#/components/schemas/Error" } } },
        };
        if (kinds[0].IsRetryable)
        {
            JsonObject number = new() { ["schema"] = new JsonObject { ["type"] = "integer" } };
            failure["headers"] = new JsonObject { ["Retry-After"] = number, ["retry-after-ms"] = number.DeepClone() };
        }

        return failure;
    }

    [GeneratedRegex(@"\{\**([A-Za-z]+)(:[^}]*)?\}", RegexOptions.CultureInvariant)]
    private static partial Regex Constraint();

    [GeneratedRegex(@"\{([A-Za-z]+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();
}
