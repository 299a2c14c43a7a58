using System.Text.Json;
using System.Text.Unicode;
using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Inference.Models;

/// <summary>Reads single fields of config.json or a file like it, or of an object inside of it, each with its bounds, each failure naming the field.</summary>
internal sealed class ConfigFields : IDisposable
{
    private const int MaximumIds = 64;

    private readonly JsonDocument? _document;
    private readonly JsonElement _object;
    private readonly string _path;
    private readonly string _file;

    public ConfigFields(ReadOnlyMemory<byte> json, string file = TransformerConfig.FileName)
    {
        _file = file;

        // JsonDocument checks strings when they are read, not when it parses.
        if (!Utf8.IsValid(json.Span))
        {
            throw new ModelFormatException(file, "config", "is not UTF-8");
        }

        try
        {
            _document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 32 });
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name that is half of a surrogate pair.
            throw new ModelFormatException(file, "config", $"is not valid JSON: {e.Message}", e);
        }

        _path = "";
        _object = _document.RootElement;
        if (_object.ValueKind != JsonValueKind.Object)
        {
            _document.Dispose();
            throw new ModelFormatException(file, "config", "is not a JSON object");
        }
    }

    private ConfigFields(JsonElement inner, string path, string file) => (_object, _path, _file) = (inner, path, file);

    public void Dispose() => _document?.Dispose();

    /// <summary>An object inside; null where it is absent.</summary>
    public ConfigFields? Inside(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } inner => new ConfigFields(inner, $"{_path}{name}.", _file),
        _ => throw Bad(name, "must be an object"),
    };

    /// <summary>A list of at most so many objects.</summary>
    public IReadOnlyList<ConfigFields> Objects(string name, int most)
        => Find(name) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() <= most && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object)
            ? [.. list.EnumerateArray().Select((item, index) => new ConfigFields(item, $"{_path}{name}[{index}].", _file))]
            : throw Bad(name, $"must be a list of at most {most} objects");

    /// <summary>Whether the file has the field at all, be it null: families differ in what absence means.</summary>
    public bool IsStated(string name) => _object.TryGetProperty(name, out _);

    /// <summary>Whether the field has a value.</summary>
    public bool Has(string name) => Find(name) is not null;

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

    public double? NumberOrNothing(string name, double minimum, double maximum) => Has(name) ? Number(name, minimum, maximum, null) : null;

    /// <summary>A list of so many numbers.</summary>
    public IReadOnlyList<double> Numbers(string name, int count, double minimum, double maximum)
    {
        var wanted = $"must be a list of {count} numbers from {minimum} to {maximum}";
        return Find(name) switch
        {
            null => throw Bad(name, "is missing"),
            { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() == count => [.. list.EnumerateArray().Select(Read)],
            _ => throw Bad(name, wanted),
        };

        double Read(JsonElement item)
            => item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out var number) && number >= minimum && number <= maximum ? number : throw Bad(name, wanted);
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

    /// <summary>A text; null where the field is absent.</summary>
    public string? Text(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => Content(name, text),
        _ => throw Bad(name, "must be a text"),
    };

    /// <summary>A list of so many texts; null where the field is absent.</summary>
    public IReadOnlyList<string>? Texts(string name, int count) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() == count && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            => [.. list.EnumerateArray().Select(item => Content(name, item))],
        _ => throw Bad(name, $"must be a list of {count} texts"),
    };

    /// <summary>The only text of a list, or a text alone.</summary>
    public string OnlyText(string name) => Find(name) switch
    {
        { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() == 1 && list[0].ValueKind == JsonValueKind.String => Content(name, list[0]),
        { ValueKind: JsonValueKind.String } text => Content(name, text),
        null => throw Bad(name, "is missing"),
        _ => throw Bad(name, "must be one text"),
    };

    public void RequireText(string name, string text)
    {
        var found = OnlyText(name);
        if (found != text)
        {
            throw Bad(name, $"{found} is not supported; {text} is");
        }
    }

    public void RequireTextOrNothing(string name, string text)
    {
        if (Has(name))
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

    public void RefuseAny(params IEnumerable<string> names)
    {
        if (names.FirstOrDefault(Has) is { } found)
        {
            throw Bad(found, "is not supported by this decoder");
        }
    }

    /// <summary>Refuses every field that is not among these, for objects whose every field changes the sums.</summary>
    public void AllowOnly(params IEnumerable<string> names)
    {
        if (_object.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => Has(name) && !names.Contains(name)) is { } unknown)
        {
            throw Bad(unknown, $"is not supported here, only {string.Join(", ", names)}");
        }
    }

    /// <summary>The error that names a field.</summary>
    public ModelFormatException Bad(string name, string reason) => new(_file, _path + name, reason);

    // null in JSON means "not set" throughout these files.
    private JsonElement? Find(string name)
        => _object.TryGetProperty(name, out var element) && element.ValueKind != JsonValueKind.Null ? element : null;

    private string Content(string name, JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // An escape that is half of a surrogate pair.
            throw new ModelFormatException(_file, _path + name, "is not valid text", e);
        }
    }
}
