using System.Text.Json;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Files;

/// <summary>One value of a model's JSON file together with its place, so that every refusal names file and field.</summary>
internal readonly struct JsonField(string file, string path, JsonElement element)
{
    private const int LongestQuote = 48;

    public JsonElement Element => element;

    public bool IsNull => element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    public TokenizerFormatException Refuse(string reason) => new(file, path, reason);

    /// <summary>The member of that name; a field that <see cref="IsNull"/> if it is absent.</summary>
    public JsonField this[string name]
    {
        get
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                throw Refuse("must be an object");
            }

            var shown = name.Length <= LongestQuote ? name : name[..LongestQuote];
            return new JsonField(file, path.Length == 0 ? shown : $"{path}.{shown}", element.TryGetProperty(name, out var value) ? value : default);
        }
    }

    public string String()
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            throw Refuse("must be a string");
        }

        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Refuse("is not valid Unicode");
        }
    }

    public string String(string absent) => IsNull ? absent : String();

    public bool Bool(bool absent) => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null or JsonValueKind.Undefined => absent,
        _ => throw Refuse("must be true or false"),
    };

    /// <summary>A whole number from 0 up to and including <paramref name="largest"/>.</summary>
    public int Number(int largest)
    {
        if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt32(out var value) || value < 0 || value > largest)
        {
            throw Refuse($"must be a whole number from 0 to {largest}");
        }

        return value;
    }

    /// <summary>A number that a double can hold.</summary>
    public double Real()
    {
        if (element.ValueKind != JsonValueKind.Number || !element.TryGetDouble(out var value) || !double.IsFinite(value))
        {
            throw Refuse("must be a number");
        }

        return value;
    }

    /// <summary>A text of one character, which is below U+10000.</summary>
    public char Character() => String() is { Length: 1 } text ? text[0] : throw Refuse("must be one character below U+10000");

    public IEnumerable<JsonField> Items(int most)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            throw Refuse("must be an array");
        }

        if (element.GetArrayLength() > most)
        {
            throw Refuse($"has more than {most} items");
        }

        return EnumerateItems(file, path, element);
    }

    /// <summary>Refuses any member but these: an option we don't know could change the meaning.</summary>
    public void AllowOnly(params ReadOnlySpan<string> names)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Refuse("must be an object");
        }

        foreach (var member in element.EnumerateObject())
        {
            var known = false;
            foreach (var name in names)
            {
                known |= member.NameEquals(name);
            }

            if (!known)
            {
                throw new TokenizerFormatException(file, path, $"has the unknown option {Quote(NameOf(member))}");
            }
        }
    }

    /// <summary>The name of a member of this object; refuses one that is not valid Unicode.</summary>
    public string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            throw Refuse("has a name that is not valid Unicode");
        }
    }

    /// <summary>A value from the file for an error message: short and without control characters.</summary>
    public static string Quote(string value) =>
        JsonSerializer.Serialize(value.Length <= LongestQuote ? value : string.Concat(value.AsSpan(0, LongestQuote), "..."));

    private static IEnumerable<JsonField> EnumerateItems(string file, string path, JsonElement array)
    {
        var index = 0;
        foreach (var item in array.EnumerateArray())
        {
            yield return new JsonField(file, $"{path}[{index++}]", item);
        }
    }
}
