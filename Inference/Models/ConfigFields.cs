using System.Text.Json;
using System.Text.Unicode;
using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Inference.Models;

/// <summary>Reads single fields of config.json, each with its bounds, each failure naming the field.</summary>
internal sealed class ConfigFields : IDisposable
{
    private const int MaximumIds = 64;

    private readonly JsonDocument _document;

    public ConfigFields(ReadOnlyMemory<byte> json)
    {
        // JsonDocument checks strings when they are read, not when it parses.
        if (!Utf8.IsValid(json.Span))
        {
            throw new ModelFormatException(LlamaConfig.FileName, "config", "is not UTF-8");
        }

        try
        {
            _document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 32 });
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name that is half of a surrogate pair.
            throw new ModelFormatException(LlamaConfig.FileName, "config", $"is not valid JSON: {e.Message}", e);
        }

        if (_document.RootElement.ValueKind != JsonValueKind.Object)
        {
            _document.Dispose();
            throw new ModelFormatException(LlamaConfig.FileName, "config", "is not a JSON object");
        }
    }

    public void Dispose() => _document.Dispose();

    public int Integer(string name, int minimum, int maximum, int? fallback = null)
    {
        var number = Number(name, minimum, maximum, fallback);
        return double.IsInteger(number) ? (int)number : throw Bad(name, $"must be a whole number from {minimum} to {maximum}");
    }

    public double Number(string name, double minimum, double maximum, double? fallback)
    {
        var number = Find(name) switch
        {
            { ValueKind: JsonValueKind.Number } element when element.TryGetDouble(out var value) => value,
            null when fallback is { } value => value,
            null => throw Bad(name, "is missing"),
            _ => throw Bad(name, "must be a number"),
        };
        return number >= minimum && number <= maximum ? number : throw Bad(name, $"must be a number from {minimum} to {maximum}");
    }

    public bool Flag(string name, bool fallback) => Find(name) switch
    {
        null => fallback,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Bad(name, "must be true or false"),
    };

    /// <summary>One id, a list of ids, or nothing.</summary>
    public IReadOnlyList<int> Ids(string name)
    {
        JsonElement[] elements = Find(name) switch
        {
            null => [],
            { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray()],
            { } one => [one],
        };
        return elements.Length <= MaximumIds && elements.All(element => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var id) && id >= 0)
            ? [.. elements.Select(element => element.GetInt32())]
            : throw Bad(name, $"must be a token id or a list of at most {MaximumIds}");
    }

    /// <summary>Base of the rotary frequencies: <c>rope_theta</c>, or inside <c>rope_parameters</c> as newer files have it.</summary>
    public double RopeBase()
    {
        if (Find("rope_parameters") is not { } parameters)
        {
            return Number("rope_theta", 1, 1e12, 10_000);
        }

        if (parameters.ValueKind != JsonValueKind.Object || (parameters.TryGetProperty("rope_type", out var type) && type.GetRawText() != "\"default\""))
        {
            throw Bad("rope_parameters", "only rope_type default is supported");
        }

        if (parameters.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => name is not ("rope_type" or "rope_theta")) is { } unknown)
        {
            throw Bad("rope_parameters", $"{unknown} is not supported, only rope_type and rope_theta");
        }

        return parameters.TryGetProperty("rope_theta", out var theta) && theta.ValueKind == JsonValueKind.Number && theta.TryGetDouble(out var number) && number is >= 1 and <= 1e12
            ? number
            : throw Bad("rope_parameters", "rope_theta must be a number from 1 to 1e12");
    }

    public void RequireText(string name, string text)
    {
        var found = Find(name) switch
        {
            { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() == 1 => list[0],
            { } element => element,
            null => throw Bad(name, $"is missing; {text} is supported"),
        };
        if (found.GetRawText() != $"\"{text}\"")
        {
            throw Bad(name, $"{found.GetRawText()} is not supported; {text} is");
        }
    }

    public void RequireTextOrNothing(string name, string text)
    {
        if (Find(name) is not null)
        {
            RequireText(name, text);
        }
    }

    public void RefuseUnless(string name, bool only)
    {
        if (Flag(name, only) != only)
        {
            throw Bad(name, $"only {(only ? "true" : "false")} is supported");
        }
    }

    public void RefuseNumberUnless(string name, double only)
    {
        if (Number(name, double.MinValue, double.MaxValue, only) != only)
        {
            throw Bad(name, $"only {only} is supported");
        }
    }

    public void RefuseAny(string name)
    {
        if (Find(name) is not null)
        {
            throw Bad(name, "is not supported by this decoder");
        }
    }

    // null in JSON means "not set" throughout these files.
    private JsonElement? Find(string name)
        => _document.RootElement.TryGetProperty(name, out var element) && element.ValueKind != JsonValueKind.Null ? element : null;

    private static ModelFormatException Bad(string name, string reason) => new(LlamaConfig.FileName, name, reason);
}
