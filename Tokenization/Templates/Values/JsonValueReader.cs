using System.Globalization;
using System.Text.Json;

namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>Makes a template's values of JSON that came with a request. All texts and keys in it are marked as users' own.</summary>
internal sealed class JsonValueReader
{
    /// <summary>More than a request's reader lets through.</summary>
    private const int DeepestNesting = 128;

    /// <summary>Length of all texts and names that were read.</summary>
    public long Characters { get; private set; }

    public object? Read(JsonElement json, int depth = 0)
    {
        if (depth > DeepestNesting)
        {
            throw new TemplateFailure($"The chat holds values nested deeper than {DeepestNesting}.");
        }

        return json.ValueKind switch
        {
            JsonValueKind.Object => ReadObject(json, depth),
            JsonValueKind.Array => new TemplateList([.. json.EnumerateArray().Select(element => Read(element, depth + 1))]),
            JsonValueKind.String => ReadText(() => json.GetString()!),
            JsonValueKind.Number => ReadNumber(json.GetRawText()),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Null => null,
            _ => TemplateUndefined.Value,
        };
    }

    /// <summary>Of a name that is given twice the last counts, as in Python.</summary>
    private TemplateMap ReadObject(JsonElement json, int depth)
    {
        var map = new TemplateMap();
        foreach (var property in json.EnumerateObject())
        {
            map[TemplateKey.TryOf(ReadText(() => property.Name))!.Value] = Read(property.Value, depth + 1);
        }

        return map;
    }

    private MarkedText ReadText(Func<string> read)
    {
        try
        {
            var text = read();
            Characters += text.Length;
            return MarkedText.FromMessage(text);
        }
        catch (InvalidOperationException)
        {
            throw new TemplateFailure("The chat holds a text with half a surrogate pair, which is not Unicode.");
        }
    }

    /// <summary>Whole numbers beyond 64 bits become floating.</summary>
    private static object ReadNumber(string number) => long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
        ? (object)whole
        : double.Parse(number, CultureInfo.InvariantCulture);
}
