using System.Text.Json;

namespace CocoonOrleans.Inference.Grammars.Schemas;

/// <summary>
/// The keywords of JSON Schema (draft 2020-12) that are understood. Whatever is not in one of these lists is refused by name: to ignore it could mean
/// to answer with what the caller rules out.
/// </summary>
internal static class SchemaKeywords
{
    /// <summary>Say something to people only, or hold what is referred to from elsewhere.</summary>
    private static readonly HashSet<string> Annotations =
    [
        "$comment", "$defs", "default", "definitions", "deprecated", "description", "example", "examples", "readOnly", "title", "writeOnly",
    ];

    private static readonly HashSet<string> AtTheRoot = ["$id", "$schema"];

    private static readonly Dictionary<string, JsonTypes> Types = new()
    {
        ["properties"] = JsonTypes.Object,
        ["required"] = JsonTypes.Object,
        ["additionalProperties"] = JsonTypes.Object,
        ["items"] = JsonTypes.Array,
        ["prefixItems"] = JsonTypes.Array,
        ["minItems"] = JsonTypes.Array,
        ["maxItems"] = JsonTypes.Array,
        ["minLength"] = JsonTypes.String,
        ["maxLength"] = JsonTypes.String,
        ["pattern"] = JsonTypes.String,
        ["format"] = JsonTypes.String,
        ["minimum"] = JsonTypes.Number,
        ["maximum"] = JsonTypes.Number,
        ["exclusiveMinimum"] = JsonTypes.Number,
        ["exclusiveMaximum"] = JsonTypes.Number,
    };

    /// <summary>Stand alone: nothing but annotations beside them.</summary>
    private static readonly string[] Alone = ["$ref", "anyOf", "oneOf", "allOf"];

    /// <summary>Say exactly which values there are; only a type may stand beside them.</summary>
    private static readonly string[] Values = ["const", "enum"];

    /// <summary>Finds what a schema is about and refuses what is not understood.</summary>
    /// <returns>The keyword that stands alone or lists the values; null if there is none.</returns>
    public static string? Check(SchemaPlace schema)
    {
        var names = schema.Members().Select(member => member.Name).Where(name => !IsAnnotation(schema, name)).ToList();
        var main = names.Find(name => Alone.Contains(name)) ?? names.Find(name => Values.Contains(name));
        foreach (var name in names.Where(name => name != main))
        {
            var place = schema[name]!.Value;
            if (name != "type" && !Types.ContainsKey(name) && !Alone.Contains(name) && !Values.Contains(name))
            {
                throw place.Refuse(Advice(name));
            }

            if (main is not null && (name != "type" || Alone.Contains(main)))
            {
                throw place.Refuse($"{name} beside {main} is not supported; put it into {(main == "$ref" ? "what is referred to" : "each alternative, or leave it out")}");
            }
        }

        return main;
    }

    /// <summary>The types that a schema without <c>type</c> speaks of; all if it says nothing.</summary>
    public static JsonTypes Implied(SchemaPlace schema)
    {
        var types = schema.Members().Aggregate(JsonTypes.None, (types, member) => types | Types.GetValueOrDefault(member.Name));
        return types == JsonTypes.None ? JsonTypes.All : types;
    }

    /// <summary><c>uniqueItems: false</c> asks for nothing.</summary>
    private static bool IsAnnotation(SchemaPlace schema, string name)
        => Annotations.Contains(name) || (schema.Path == "#" && AtTheRoot.Contains(name))
            || (name == "uniqueItems" && schema[name]!.Value.Element.ValueKind == JsonValueKind.False);

    private static string Advice(string name) => name switch
    {
        "nullable" => "is no keyword of JSON Schema; write \"type\": [\"...\", \"null\"]",
        "strict" or "name" or "schema" => "is no keyword of JSON Schema; send the schema itself",
        _ => $"the keyword {(name.Length <= 64 ? name : name[..64] + "...")} is not supported",
    };
}
