using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CocoonOrleans.Tokenization.Chat;

/// <summary>
/// One field of a request with its path. Reading it never throws: a wrong type or range goes into <see cref="RequestReading"/> and null comes back, as for
/// a field that is absent or null.
/// </summary>
internal readonly struct RequestField(JsonElement element, string path, RequestReading reading)
{
    private const int MostMembers = 256;

    public string Path => path;

    public JsonValueKind Kind => element.ValueKind;

    public bool IsAbsent => Kind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>Absent, null or false: what an unsupported option says if it isn't wanted.</summary>
    public bool IsOff => IsAbsent || Kind == JsonValueKind.False;

    /// <summary>Off, or an array or object without members.</summary>
    public bool IsEmpty => IsOff
        || (Kind == JsonValueKind.Array && element.GetArrayLength() == 0)
        || (Kind == JsonValueKind.Object && element.GetPropertyCount() == 0);

    public void Invalid(string rule) =>
        reading.Fail(ChatRequestError.InvalidValue, path.Length == 0 ? null : path, $"{(path.Length == 0 ? "The body" : $"'{path}'")} {rule}.");

    public void Missing() => reading.Fail(ChatRequestError.MissingRequiredParameter, path, $"The field '{path}' is required.");

    public void Unsupported(string why) => reading.Fail(ChatRequestError.UnsupportedParameter, path, $"'{path}' {why}.");

    public string? String(int longest, bool emptyAllowed = false)
    {
        var text = IsAbsent ? null : StringOrNull();
        if (text is null && !IsAbsent)
        {
            Invalid("must be a string of valid Unicode");
        }
        else if (text is not null && (text.Length > longest || (text.Length == 0 && !emptyAllowed)))
        {
            Invalid($"must have {(emptyAllowed ? 0 : 1)} to {longest} characters");
            return null;
        }

        return text;
    }

    /// <summary>The text; null if this is anything else.</summary>
    public string? StringOrNull()
    {
        try
        {
            return Kind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair.
            return null;
        }
    }

    /// <summary>The JSON as it came.</summary>
    public string RawText() => element.GetRawText();

    /// <summary>The JSON as a node that outlives the request; null, and an error, where it holds text that is not valid Unicode.</summary>
    public JsonNode? Node()
    {
        try
        {
            return JsonNode.Parse(JsonNode.Parse(element.GetRawText())!.ToJsonString());
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            Invalid("must hold valid Unicode, and no name twice in one object");
            return null;
        }
    }

    /// <summary>Writes the JSON as it came.</summary>
    public void WriteTo(Utf8JsonWriter json) => json.WriteRawValue(element.GetRawText(), skipInputValidation: true);

    /// <summary>Whether no object in it has a name twice, or one that is no text (half a surrogate pair).</summary>
    public bool HasUniqueNames()
    {
        try
        {
            using var document = JsonDocument.Parse(RawText(), new JsonDocumentOptions { AllowDuplicateProperties = false });
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    public bool? Bool()
    {
        if (!IsAbsent && Kind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Invalid("must be true or false");
        }

        return Kind == JsonValueKind.True ? true : Kind == JsonValueKind.False ? false : null;
    }

    public double? Number(double smallest, double largest, bool smallestAllowed = true)
    {
        if (IsAbsent)
        {
            return null;
        }

        if (Kind == JsonValueKind.Number && element.TryGetDouble(out var value) && value <= largest && (value > smallest || (smallestAllowed && value == smallest)))
        {
            return value;
        }

        Invalid(string.Create(CultureInfo.InvariantCulture, $"must be a number {(smallestAllowed ? "from" : "above")} {smallest} up to {largest}"));
        return null;
    }

    public long? Integer(long smallest, long largest)
    {
        if (IsAbsent)
        {
            return null;
        }

        if (Kind == JsonValueKind.Number && element.TryGetInt64(out var value) && value >= smallest && value <= largest)
        {
            return value;
        }

        Invalid(string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {smallest} to {largest}"));
        return null;
    }

    /// <summary>An amount of nano, as an integer or a decimal string.</summary>
    public long? NanoAmount()
    {
        if (IsAbsent)
        {
            return null;
        }

        var text = StringOrNull();
        if (text is not null ? long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) : Kind == JsonValueKind.Number && element.TryGetInt64(out value) && value >= 0)
        {
            return value;
        }

        Invalid("must be a whole number of nano from 0 up, as an integer or a decimal string");
        return null;
    }

    /// <summary>The members of an object; null if it is absent or something else.</summary>
    public RequestObject? Object()
    {
        if (IsAbsent)
        {
            return null;
        }

        if (Kind != JsonValueKind.Object)
        {
            Invalid("must be an object");
            return null;
        }

        if (element.GetPropertyCount() > MostMembers)
        {
            Invalid($"must have at most {MostMembers} fields");
            return null;
        }

        var members = new RequestObject(path, reading);
        foreach (var member in element.EnumerateObject())
        {
            members.Add(member);
        }

        return members;
    }

    /// <summary>The members of an object whose names are data, the last of a name; null if it is absent, something else, or has too many.</summary>
    public Dictionary<string, RequestField>? Members(int most)
    {
        if (IsAbsent)
        {
            return null;
        }

        if (Kind != JsonValueKind.Object || element.GetPropertyCount() > most)
        {
            Invalid($"must be an object of at most {most} members");
            return null;
        }

        var members = new Dictionary<string, RequestField>();
        foreach (var member in element.EnumerateObject())
        {
            try
            {
                members[member.Name] = new RequestField(member.Value, $"{path}.{RequestReading.Printable(member.Name)}", reading);
            }
            catch (InvalidOperationException)
            {
                Invalid("has a name that is not valid Unicode");
                return null;
            }
        }

        return members;
    }

    /// <summary>The kind of an array's first item; undefined where there is none.</summary>
    public JsonValueKind FirstKind => Kind == JsonValueKind.Array && element.GetArrayLength() > 0 ? element[0].ValueKind : JsonValueKind.Undefined;

    /// <summary>The items of an array of whole numbers from 0 up; null if it is something else, or too long or too short.</summary>
    public int[]? Ids(int fewest, int most)
    {
        var length = Kind == JsonValueKind.Array ? element.GetArrayLength() : -1;
        if (length < fewest || length > most)
        {
            Invalid($"must be an array of {fewest} to {most} token ids");
            return null;
        }

        var ids = new int[length];
        var i = 0;
        foreach (var item in element.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out ids[i]) || ids[i] < 0)
            {
                Invalid("must hold token ids, whole numbers from 0 up");
                return null;
            }

            i++;
        }

        return ids;
    }

    /// <summary>The items of an array; none if it is absent, something else, or too long or too short.</summary>
    public List<RequestField> Items(int fewest, int most)
    {
        var items = new List<RequestField>();
        if (IsAbsent)
        {
            return items;
        }

        if (Kind != JsonValueKind.Array)
        {
            Invalid("must be an array");
        }
        else if (element.GetArrayLength() < fewest || element.GetArrayLength() > most)
        {
            Invalid($"must have {fewest} to {most} items");
        }
        else
        {
            foreach (var item in element.EnumerateArray())
            {
                items.Add(new RequestField(item, $"{path}[{items.Count}]", reading));
            }
        }

        return items;
    }
}
