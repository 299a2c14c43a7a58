using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace CocoonOrleans.Tests.EndToEnd.Api;

/// <summary>Makes requests of the schemas of an OpenAPI document: good ones, and ones in which something is wrong.</summary>
/// <param name="document">The document.</param>
/// <param name="random">Chance.</param>
/// <param name="model">A model that there is.</param>
internal sealed class SchemaSamples(JsonObject document, Random random, string model)
{
    private const int Deepest = 4;

    private static readonly string[] Texts = ["", "a", "What is 3 plus 4?", "\u0000", "\ud83d\ude00", "../..", "0", "-1", "true", "null", new('x', 300)];

    /// <summary>A request.</summary>
    /// <param name="path">The path as the document has it.</param>
    /// <param name="method">The method.</param>
    /// <param name="operation">What the document says of it.</param>
    /// <param name="shown">The request for people.</param>
    public HttpRequestMessage Request(string path, string method, JsonObject operation, out string shown)
    {
        var query = new List<string>();
        var headers = new List<(string Name, string Value)>();
        foreach (JsonObject parameter in (operation["parameters"]?.AsArray() ?? []).Select(one => one!.AsObject()))
        {
            string name = parameter["name"]!.GetValue<string>();
            string value = Text(Sample(parameter["schema"]!.AsObject(), name, 0, Wrong()));
            switch (parameter["in"]!.GetValue<string>())
            {
                case "path":
                    // A zero byte in a path is refused by the server itself, before anything of ours sees it.
                    path = path.Replace($"{{{name}}}", Uri.EscapeDataString(value is "" or "." or ".." or "\u0000" ? "none" : value), StringComparison.Ordinal);
                    break;
                case "query" when random.Next(3) > 0:
                    query.Add($"{name}={Uri.EscapeDataString(value)}");
                    break;
                case "header" when random.Next(8) == 0 && value.All(char.IsAsciiLetterOrDigit) && value.Length > 0:
                    headers.Add((name, value));
                    break;
            }
        }

        string target = query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
        var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), target);
        headers.ForEach(header => request.Headers.TryAddWithoutValidation(header.Name, header.Value));
        string body = "";
        if (operation["requestBody"]?["content"]?.AsObject() is { } content)
        {
            (string mediaType, JsonNode? entry) = content.First();
            body = Body(entry!["schema"]!.AsObject(), mediaType);
            request.Content = new StringContent(body, Encoding.UTF8, mediaType);
        }

        shown = $"{target} {string.Join(' ', headers)} {body[..Math.Min(600, body.Length)]}";
        return request;
    }

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : node?.ToJsonString() ?? "null";

    private string Body(JsonObject schema, string mediaType)
    {
        if (mediaType != "application/json")
        {
            return Texts[random.Next(Texts.Length)];
        }

        JsonNode? sample = Sample(schema, "", 0, false);
        if (sample is JsonObject body)
        {
            // Answers as short as they can be: what is tested is the door, not the model.
            foreach (string limit in new[] { "max_tokens", "max_completion_tokens", "max_output_tokens" }.Where(Resolve(schema)["properties"]!.AsObject().ContainsKey))
            {
                body[limit] = 1;
            }

            // One thing is wrong in half of them, so that no other hides it.
            if (random.Next(2) == 0)
            {
                string[] names = [.. Resolve(schema)["properties"]!.AsObject().Select(property => property.Key)];
                string name = names[random.Next(names.Length)];
                body[name] = Sample(Resolve(schema)["properties"]![name]!.AsObject(), name, 0, true);
            }
        }

        string text = sample?.ToJsonString() ?? "null";
        return random.Next(20) == 0 ? text[..random.Next(text.Length)] : text;
    }

    private bool Wrong() => random.Next(4) == 0;

    private JsonObject Resolve(JsonObject schema) =>
        schema["$ref"] is { } reference ? document["components"]!["schemas"]![reference.GetValue<string>().Split('/')[^1]]!.AsObject() : schema;

    private JsonNode? Sample(JsonObject schema, string name, int depth, bool wrong)
    {
        schema = Resolve(schema);
        if (wrong)
        {
            return AnyValue(depth);
        }

        if (name is "model" && depth <= 1)
        {
            return random.Next(20) == 0 ? "no-such-model" : model;
        }

        if (name is "trust" or "previous_response_id")
        {
            return null;
        }

        if (schema["anyOf"] is JsonArray choices)
        {
            return Sample(choices[random.Next(choices.Count)]!.AsObject(), name, depth, false);
        }

        if (schema["enum"] is JsonArray values)
        {
            return values[random.Next(values.Count)]?.DeepClone();
        }

        return schema["type"]?.GetValue<string>() switch
        {
            "string" => name is "regex" or "grammar" ? "[ab]" : schema["pattern"] is { } pattern ? Matching(pattern.GetValue<string>()) : Texts[random.Next(1, Texts.Length)],
            "integer" => random.Next(Whole(schema, "minimum", 0), Math.Min(Whole(schema, "maximum", 1000), 1000) + 1),
            "number" => Fraction(schema),
            "boolean" => random.Next(2) == 0,
            "array" => Array(schema, name, depth),
            "object" => Object(schema, depth),
            _ => null,
        };
    }

    private static int Whole(JsonObject schema, string name, int otherwise) => schema[name]?.GetValue<int>() ?? otherwise;

    private static string Matching(string pattern) => pattern.Contains("a-f", StringComparison.Ordinal) ? new string('a', pattern.Contains("16", StringComparison.Ordinal) ? 16 : 64) : "1";

    private double Fraction(JsonObject schema)
    {
        double least = (schema["minimum"] ?? schema["exclusiveMinimum"])?.GetValue<double>() ?? 0;
        double most = schema["maximum"]?.GetValue<double>() ?? 1;
        return least + ((most - least) * (0.01 + (0.98 * random.NextDouble())));
    }

    private JsonArray Array(JsonObject schema, string name, int depth)
    {
        int count = random.Next(Whole(schema, "minItems", 0), Math.Max(Whole(schema, "minItems", 0), Math.Min(Whole(schema, "maxItems", 3), 3)) + 1);
        return depth > Deepest ? [] : [.. Enumerable.Range(0, count).Select(_ => Sample(schema["items"]!.AsObject(), name, depth + 1, false))];
    }

    private JsonObject Object(JsonObject schema, int depth)
    {
        var result = new JsonObject();
        HashSet<string> required = [.. (schema["required"]?.AsArray() ?? []).Select(one => one!.GetValue<string>())];
        foreach ((string name, JsonNode? property) in schema["properties"]?.AsObject() ?? [])
        {
            // Most optional fields are left out: they meet in pairs, not all at once.
            if (depth <= Deepest && (required.Contains(name) ? random.Next(20) > 0 : random.Next(6) == 0))
            {
                result[name] = Sample(property!.AsObject(), name, depth + 1, false);
            }
        }

        if (random.Next(10) == 0)
        {
            result["unknown_" + random.Next(10).ToString(CultureInfo.InvariantCulture)] = AnyValue(depth);
        }

        return result;
    }

    private JsonNode? AnyValue(int depth) => random.Next(10) switch
    {
        0 => null,
        1 => true,
        2 => -1,
        3 => 1e300,
        4 => long.MaxValue,
        5 => new JsonArray(),
        6 => new JsonObject(),
        7 when depth < Deepest => new JsonArray(AnyValue(depth + 1), AnyValue(depth + 1)),
        8 when depth < Deepest => new JsonObject { ["a"] = AnyValue(depth + 1) },
        _ => Texts[random.Next(Texts.Length)],
    };
}
