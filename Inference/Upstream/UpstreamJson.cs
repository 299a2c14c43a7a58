using System.Text.Json;
using System.Text.Unicode;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>Reads what an upstream sends as hostile input. What it sends is never part of a message.</summary>
internal static class UpstreamJson
{
    private const int Depth = 32;

    /// <summary>Parses an object.</summary>
    /// <exception cref="UpstreamFaultException">It is none.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, string what)
    {
        JsonDocument? document = null;
        try
        {
            // JsonDocument checks strings when they are read, not when it parses.
            document = Utf8.IsValid(utf8.Span) ? JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = Depth }) : null;
        }
        catch (JsonException)
        {
            // Without the inner exception: it may quote.
        }

        if (document?.RootElement.ValueKind == JsonValueKind.Object)
        {
            return document;
        }

        document?.Dispose();
        throw Broken($"{what} is not a JSON object in UTF-8");
    }

    /// <summary>A field; null where it is absent or null.</summary>
    public static JsonElement? Find(JsonElement parent, string name)
        => parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var field) && field.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? field : null;

    /// <summary>A text; null where the field is absent or null.</summary>
    /// <exception cref="UpstreamFaultException">It is no text, or holds half of a surrogate pair.</exception>
    public static string? FindText(JsonElement parent, string name)
    {
        if (Find(parent, name) is not { } field)
        {
            return null;
        }

        try
        {
            return field.ValueKind == JsonValueKind.String ? field.GetString() : throw Broken($"{name} is no text");
        }
        catch (InvalidOperationException)
        {
            throw Broken($"{name} is no valid text");
        }
    }

    /// <summary>A whole number; null where the field is absent, null or something else.</summary>
    public static int? FindInteger(JsonElement parent, string name)
        => Find(parent, name) is { ValueKind: JsonValueKind.Number } field && field.TryGetInt32(out var number) ? number : null;

    /// <summary>Token ids; null where the field is absent or null.</summary>
    /// <exception cref="UpstreamFaultException">It is no list of whole numbers.</exception>
    public static List<int>? FindIds(JsonElement parent, string name)
    {
        if (Find(parent, name) is not { } field)
        {
            return null;
        }

        if (field.ValueKind != JsonValueKind.Array)
        {
            throw Broken($"{name} is no list");
        }

        var ids = new List<int>(field.GetArrayLength());
        foreach (var element in field.EnumerateArray())
        {
            ids.Add(element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var id) ? id : throw Broken($"{name} holds something that is no token id"));
        }

        return ids;
    }

    /// <summary>A fault for what makes no sense.</summary>
    public static UpstreamFaultException Broken(string what) => new(UpstreamFault.Broken, $"it sent what is no answer: {what}");
}
