using System.Globalization;
using System.Text.Json;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Collaterals;

/// <summary>An object of a JSON document, read field by field; what is absent or of another form is a refusal that names the field.</summary>
/// <param name="element">The object.</param>
/// <param name="path">Where it stands, for reasons.</param>
/// <param name="code">The code of a field that is not as expected.</param>
internal readonly struct SignedJson(JsonElement element, string path, string code)
{
    /// <summary>The most that a list may hold.</summary>
    private const int MostItems = 256;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>Reads a whole document. Repeated names are refused: two readers could take different ones.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, string name, string code)
    {
        try
        {
            var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 16 });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document
                : throw new RefusedException(code, $"{name} was expected to be a JSON object");
        }
        catch (JsonException malformed)
        {
            throw new RefusedException(code, $"{name} was expected to be JSON with each name once ({malformed.Message})");
        }
    }

    public bool Has(string name) => element.TryGetProperty(name, out _);

    /// <summary>Whether a member is there and is <c>true</c>; no other value is as good.</summary>
    public bool IsTrue(string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    public string Text(string name) => OptionalText(name) ?? throw Expected(name, "a text");

    public string? OptionalText(string name)
    {
        if (!element.TryGetProperty(name, out var value))
        {
            return null;
        }

        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Expected(name, "a text");
        }
        catch (InvalidOperationException)
        {
            throw Expected(name, "a text in well-formed Unicode");
        }
    }

    public byte[] Hex(string name, int bytes) => Hex(name, bytes, bytes);

    public byte[] Hex(string name, int least, int most)
    {
        var text = Text(name);
        return text.Length % 2 == 0 && text.Length / 2 >= least && text.Length / 2 <= most && text.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(text)
            : throw Expected(name, least == most ? $"{least} bytes in hex" : $"{least} to {most} bytes in hex");
    }

    public int Number(string name, int most) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0 && number <= most
            ? number
            : throw Expected(name, $"a whole number from 0 to {most}");

    public uint UnsignedNumber(string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetUInt32(out var number)
            ? number
            : throw Expected(name, $"a whole number from 0 to {uint.MaxValue}");

    public DateTimeOffset Time(string name) =>
        DateTimeOffset.TryParseExact(Text(name), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw Expected(name, "a time like 2025-06-19T10:16:03Z");

    public SignedJson Object(string name) => OptionalObject(name) ?? throw Expected(name, "an object");

    public SignedJson? OptionalObject(string name) => !element.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.Object ? new SignedJson(value, $"{path}.{name}", code)
        : throw Expected(name, "an object");

    public IReadOnlyList<SignedJson> Objects(string name) => OptionalObjects(name) ?? throw Expected(name, "a list");

    public IReadOnlyList<SignedJson>? OptionalObjects(string name)
    {
        if (!element.TryGetProperty(name, out var value))
        {
            return null;
        }

        var items = new List<SignedJson>();
        foreach (var item in List(value, name))
        {
            items.Add(item.ValueKind == JsonValueKind.Object
                ? new SignedJson(item, $"{path}.{name}[{items.Count}]", code)
                : throw Expected($"{name}[{items.Count}]", "an object"));
        }

        return items;
    }

    /// <summary>A list of texts; empty where it is absent.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        if (!element.TryGetProperty(name, out var value))
        {
            return [];
        }

        var items = new List<string>();
        foreach (var item in List(value, name))
        {
            items.Add(item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Expected($"{name}[{items.Count}]", "a text"));
        }

        return items;
    }

    private JsonElement.ArrayEnumerator List(JsonElement value, string name) => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= MostItems
        ? value.EnumerateArray()
        : throw Expected(name, $"a list of at most {MostItems}");

    private RefusedException Expected(string name, string what) => new(code, $"{path}.{name} was expected to be {what}");
}
