using System.Text.Json;

namespace CocoonOrleans.Inference.Grammars.Schemas;

/// <summary>A value of a JSON schema together with where it stands, so that every refusal names the place.</summary>
/// <param name="Path">JSON pointer (RFC 6901) behind a #.</param>
/// <param name="Element">The value.</param>
internal readonly record struct SchemaPlace(string Path, JsonElement Element)
{
    private const int LongestPath = 512;

    /// <summary>The member of that name; null if there is none.</summary>
    public SchemaPlace? this[string name] => Element.TryGetProperty(name, out var value) ? Below(name, value) : null;

    /// <summary>A place below this one.</summary>
    public SchemaPlace Below(string name, JsonElement value)
        => new($"{Path}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}", value);

    /// <summary>The members of an object.</summary>
    public IEnumerable<(string Name, SchemaPlace Place)> Members()
    {
        var place = this;
        Require(JsonValueKind.Object, "must be an object");
        return Element.EnumerateObject().Select(member => (member.Name, place.Below(member.Name, member.Value)));
    }

    /// <summary>The items of an array.</summary>
    public IReadOnlyList<SchemaPlace> Items()
    {
        var place = this;
        Require(JsonValueKind.Array, "must be an array");
        return [.. Element.EnumerateArray().Select((item, index) => new SchemaPlace($"{place.Path}/{index}", item))];
    }

    /// <summary>The value of a string.</summary>
    public string Text()
    {
        Require(JsonValueKind.String, "must be a string");
        return Element.GetString()!;
    }

    /// <summary>The value of a whole number from 0 up to the largest count that is supported.</summary>
    public int Count()
        => Element.ValueKind == JsonValueKind.Number && Element.TryGetDecimal(out var value) && value >= 0 && decimal.IsInteger(value)
            ? value <= GrammarLimits.Count ? (int)value : throw Refuse($"is more than {GrammarLimits.Count}, which is not supported")
            : throw Refuse("must be a whole number, 0 or more");

    /// <summary>The refusal of what stands here.</summary>
    public GrammarException Refuse(string reason) => new(Path.Length <= LongestPath ? Path : Path[..LongestPath] + "...", reason);

    private void Require(JsonValueKind kind, string rule)
    {
        if (Element.ValueKind != kind)
        {
            throw Refuse(rule);
        }
    }
}
