using System.Text;
using System.Text.Json;

namespace CocoonOrleans.Tokenization.ToolCalls;

/// <summary>Reads calls of functions out of JSON that a model wrote. Takes any text; never throws.</summary>
internal static class CallReader
{
    private const int Depth = 64;
    private const int MostCalls = 64;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = Depth, AllowMultipleValues = true };

    /// <summary>Reads one or more calls: objects with a name and arguments, one after the other, perhaps in an array or apart by semicolons.</summary>
    /// <param name="text">The text.</param>
    /// <param name="names">The functions that there are.</param>
    /// <returns>Name and arguments of each; null where anything else stands in the text.</returns>
    public static List<(string Name, string Arguments)>? Read(string text, IReadOnlySet<string> names)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var calls = new List<(string, string)>();
        try
        {
            for (var rest = utf8.AsSpan().Trim(" \t\r\n;"u8); rest.Length > 0; rest = rest.TrimStart(" \t\r\n;"u8))
            {
                var reader = new Utf8JsonReader(rest, Options);
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartArray)
                {
                    while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                    {
                        if (!TryAdd(ref reader, names, calls))
                        {
                            return null;
                        }
                    }

                    if (reader.TokenType != JsonTokenType.EndArray)
                    {
                        return null;
                    }
                }
                else if (!TryAdd(ref reader, names, calls))
                {
                    return null;
                }

                rest = rest[(int)reader.BytesConsumed..];
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair in a string.
            return null;
        }

        return calls.Count > 0 ? calls : null;
    }

    /// <summary>Whether the text is a JSON object, nothing before or behind it but white space.</summary>
    public static bool IsObject(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = Depth });
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryAdd(ref Utf8JsonReader reader, IReadOnlySet<string> names, List<(string Name, string Arguments)> calls)
    {
        if (reader.TokenType != JsonTokenType.StartObject || calls.Count == MostCalls)
        {
            return false;
        }

        using var document = JsonDocument.ParseValue(ref reader);
        var call = document.RootElement;

        // Some models wrap the call as OpenAI's API does.
        if (call.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object)
        {
            call = function;
        }

        if (!call.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String || !names.Contains(name.GetString()!)
            || !(call.TryGetProperty("arguments", out var arguments) || call.TryGetProperty("parameters", out arguments)))
        {
            return false;
        }

        // A string that holds the object: what OpenAI's own format looks like.
        var text = arguments.ValueKind == JsonValueKind.String ? arguments.GetString()! : arguments.GetRawText();
        if (!IsObject(text))
        {
            return false;
        }

        calls.Add((name.GetString()!, text));
        return true;
    }
}
