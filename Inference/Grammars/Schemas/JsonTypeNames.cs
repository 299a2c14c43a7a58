using System.Text.Json;

namespace CocoonOrleans.Inference.Grammars.Schemas;

/// <summary>Names and values of <see cref="JsonTypes"/>.</summary>
internal static class JsonTypeNames
{
    /// <summary>The type that a schema calls so; none if there is no such type.</summary>
    public static JsonTypes Of(string name) => name switch
    {
        "null" => JsonTypes.Null,
        "boolean" => JsonTypes.Boolean,
        "object" => JsonTypes.Object,
        "array" => JsonTypes.Array,
        "string" => JsonTypes.String,
        "integer" => JsonTypes.Integer,
        "number" => JsonTypes.Number,
        _ => JsonTypes.None,
    };

    /// <summary>The type of a value. 1.0 is whole, as JSON Schema has it.</summary>
    public static JsonTypes Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => JsonTypes.Null,
        JsonValueKind.True or JsonValueKind.False => JsonTypes.Boolean,
        JsonValueKind.Object => JsonTypes.Object,
        JsonValueKind.Array => JsonTypes.Array,
        JsonValueKind.String => JsonTypes.String,
        _ => value.TryGetDecimal(out var number) && decimal.IsInteger(number) ? JsonTypes.Integer : JsonTypes.Fraction,
    };
}
