using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Tests.Unit;
using Json.Schema;

namespace CocoonOrleans.Tests.EndToEnd.Api;

/// <summary>The schemas of OpenAI's own API document, <c>shared/spec/openai.openapi.json</c> beside the checkout.</summary>
internal sealed class OpenAiSchemas
{
    private const string Source = "#/components/schemas/";
    private const string Target = "#/$defs/";

    private static readonly Lazy<OpenAiSchemas?> Loaded = new(Load);

    private readonly JsonObject _definitions;
    private readonly ConcurrentDictionary<string, JsonSchema> _schemas = new();

    private OpenAiSchemas(JsonObject definitions) => _definitions = definitions;

    /// <summary>The schemas; null where the document is not there.</summary>
    public static OpenAiSchemas? Find() => Loaded.Value;

    /// <summary>Where the document is looked for.</summary>
    public static string Path { get; } = System.IO.Path.Combine(Repository.Root, "..", "shared", "spec", "openai.openapi.json");

    /// <summary>Fails where a document breaks the schema with this name. Our own extra fields are allowed, as the schemas allow them.</summary>
    public void AssertValid(string name, string json)
    {
        var schema = _schemas.GetOrAdd(name, Build);
        using var document = JsonDocument.Parse(json);
        var result = schema.Evaluate(document.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        var faults = (result.Details ?? []).Where(detail => detail.Errors is not null).SelectMany(
            detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}"));
        Assert.True(result.IsValid, $"{name}: {string.Join("; ", faults)}\n{json}");
    }

    private JsonSchema Build(string name) => JsonSchema.FromText(
        new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["$ref"] = Target + name, ["$defs"] = Closure(name) }.ToJsonString());

    private static OpenAiSchemas? Load()
    {
        if (!File.Exists(Path))
        {
            return null;
        }

        var document = JsonNode.Parse(File.ReadAllText(Path).Replace(Source, Target, StringComparison.Ordinal))!;
        var definitions = document["components"]!["schemas"]!.AsObject();
        AllowNulls(definitions);
        return new OpenAiSchemas(definitions);
    }

    // Some places say it as OpenAPI 3.0 did.
    private static void AllowNulls(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray array:
                foreach (var item in array)
                {
                    AllowNulls(item);
                }

                break;
            case JsonObject value:
                foreach (var (_, child) in value)
                {
                    AllowNulls(child);
                }

                if (value["nullable"] is JsonValue nullable && nullable.GetValueKind() == JsonValueKind.True)
                {
                    if (value["type"] is JsonValue type)
                    {
                        value["type"] = new JsonArray(type.GetValue<string>(), "null");
                    }

                    (value["enum"] as JsonArray)?.Add((JsonNode?)null);
                    if (value["$ref"] is JsonNode reference)
                    {
                        value.Remove("$ref");
                        value["anyOf"] = new JsonArray(new JsonObject { ["$ref"] = reference }, new JsonObject { ["type"] = "null" });
                    }
                }

                break;
        }
    }

    /// <summary>The schema and all that it refers to.</summary>
    private JsonObject Closure(string name)
    {
        var closure = new JsonObject();
        var waiting = new Queue<string>([name]);
        while (waiting.TryDequeue(out var next))
        {
            if (closure.ContainsKey(next))
            {
                continue;
            }

            var schema = (_definitions[next] ?? throw new ArgumentException($"OpenAI's document has no schema {next}.", nameof(name))).DeepClone();
            closure.Add(next, schema);
            foreach (var reference in References(schema))
            {
                waiting.Enqueue(reference);
            }
        }

        return closure;
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonArray array => array.SelectMany(References),
        JsonObject value => value.SelectMany(pair => pair.Key == "$ref" ? [pair.Value!.GetValue<string>()[Target.Length..]] : References(pair.Value)),
        _ => [],
    };
}
