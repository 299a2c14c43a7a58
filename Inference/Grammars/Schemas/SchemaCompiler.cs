using System.Globalization;
using System.Text.Json;
using CocoonOrleans.Inference.Grammars.Automata;

namespace CocoonOrleans.Inference.Grammars.Schemas;

/// <summary>
/// Compiles a JSON schema (draft 2020-12, https://json-schema.org/draft/2020-12) into a pushdown automaton. Objects and arrays become rules, everything
/// else is part of the rule around it.
/// </summary>
internal sealed class SchemaCompiler
{
    /// <summary>Steps that reading a schema counts for, so that schemas which refer to each other again and again end soon.</summary>
    private const int CostOfSchema = 200;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = GrammarLimits.SchemaDepth, AllowDuplicateProperties = false };

    private readonly SchemaPlace _root;
    private readonly RuleSet _rules;
    private readonly CompileBudget _budget = new();
    private readonly HashSet<string> _open = [];
    private readonly Fragment _anything;

    private SchemaCompiler(JsonElement root)
    {
        _root = new SchemaPlace("#", root);
        _rules = new RuleSet(_budget);
        _anything = (nfa, from) => AnyOf(new SchemaPlace("(any)", EmptySchema), JsonTypes.All)(nfa, from);
    }

    private static JsonElement EmptySchema { get; } = JsonElement.Parse("{}");

    /// <summary>Compiles.</summary>
    /// <exception cref="GrammarException">See <see cref="Grammar.FromJsonSchema"/>.</exception>
    public static PushdownAutomaton Compile(ReadOnlyMemory<byte> schema)
    {
        if (schema.Length > GrammarLimits.SchemaBytes)
        {
            throw new GrammarException("#", $"has more than {GrammarLimits.SchemaBytes} bytes");
        }

        try
        {
            using var document = JsonDocument.Parse(schema, Strict);
            RequireUnicode(document.RootElement);
            return new SchemaCompiler(document.RootElement).Compile();
        }
        catch (JsonException e)
        {
            throw new GrammarException("#", $"is not valid JSON, has a name twice in one object, or is nested deeper than {GrammarLimits.SchemaDepth}: line {(e.LineNumber ?? 0) + 1}, byte {e.BytePositionInLine ?? 0} of that line");
        }
    }

    private PushdownAutomaton Compile()
    {
        _rules.Call("(start)", () => new Rule(Dfa.Of(Value(_root), _budget), Nests: false));
        return new PushdownAutomaton(_rules.Complete(), _budget);
    }

    private Fragment Value(SchemaPlace schema)
    {
        _budget.Spend(CostOfSchema);
        if (schema.Path.Length > GrammarLimits.PathLength)
        {
            throw schema.Refuse("has names that are too long");
        }

        switch (schema.Element.ValueKind)
        {
            case JsonValueKind.True:
                return _anything;
            case JsonValueKind.False:
                return Fragments.Nothing;
            case JsonValueKind.Object:
                break;
            default:
                throw schema.Refuse("must be a schema: an object, true or false");
        }

        return SchemaKeywords.Check(schema) switch
        {
            "$ref" => Referred(schema),
            "const" => Values(schema, [schema["const"]!.Value]),
            "enum" => Values(schema, schema["enum"]!.Value.Items()),
            "anyOf" => Alternatives(schema["anyOf"]!.Value),
            "oneOf" => OneOf(schema["oneOf"]!.Value),
            "allOf" => AllOf(schema["allOf"]!.Value),
            _ => AnyOf(schema, TypesOf(schema)),
        };
    }

    /// <summary>Follows a reference. Objects and arrays come back as calls, so whatever returns here on the way to itself never ends.</summary>
    private Fragment Referred(SchemaPlace schema)
    {
        var target = Resolve(schema);
        if (!_open.Add(target.Path))
        {
            throw schema.Refuse("refers to itself without an object or array in between, so it has no end");
        }

        if (_open.Count > GrammarLimits.References)
        {
            throw schema.Refuse($"is behind more than {GrammarLimits.References} other references");
        }

        var value = Value(target);
        _open.Remove(target.Path);
        return value;
    }

    private Fragment Alternatives(SchemaPlace list)
    {
        var alternatives = list.Items();
        return alternatives.Count > 0 ? Fragments.Choice([.. alternatives.Select(Value)]) : throw list.Refuse("must hold a schema");
    }

    private Fragment OneOf(SchemaPlace list)
    {
        var alternatives = list.Items();
        var disjoint = new DisjointSchemas(Resolve, TypesOf, _budget);
        for (var second = 1; second < alternatives.Count; second++)
        {
            for (var first = 0; first < second; first++)
            {
                if (!disjoint.Are(alternatives[first], alternatives[second]))
                {
                    throw alternatives[second].Refuse(
                        $"is not seen to rule out alternative {first} of this oneOf: give them different types, or a required property with different constants, or write anyOf");
                }
            }
        }

        return Alternatives(list);
    }

    private Fragment AllOf(SchemaPlace list)
        => list.Items() is [var only] ? Value(only) : throw list.Refuse("allOf is supported with one schema only; merge them");

    private Fragment Values(SchemaPlace schema, IReadOnlyList<SchemaPlace> values)
    {
        var types = TypesOf(schema);
        var fitting = values.Where(value => (JsonTypeNames.Of(value.Element) & types) != 0).ToList();
        return fitting.Count > 0
            ? Fragments.Choice([.. fitting.Select(value => Fragments.Literal(JsonText.Write(value.Element)))])
            : throw schema.Refuse("allows no value");
    }

    /// <summary>Values of several types, each with what the schema says of it.</summary>
    private Fragment AnyOf(SchemaPlace schema, JsonTypes types)
    {
        var parts = new List<Fragment>();
        void Add(JsonTypes type, Func<Fragment> part)
        {
            if ((types & type) == type)
            {
                parts.Add(part());
            }
        }

        Add(JsonTypes.Object, () => _rules.Call(schema.Path + "(object)", () => new ObjectSchema(schema, Value, _anything).Compile(_budget)));
        Add(JsonTypes.Array, () => _rules.Call(schema.Path + "(array)", () => new ArraySchema(schema, Value, _anything).Compile(_budget)));
        Add(JsonTypes.String, () => StringSchema.Compile(schema, _rules));
        Add(JsonTypes.Integer, () => Number(schema, whole: (types & JsonTypes.Fraction) == 0));
        Add(JsonTypes.Boolean, () => Fragments.Choice(Fragments.Literal("true"), Fragments.Literal("false")));
        Add(JsonTypes.Null, () => Fragments.Literal("null"));
        return Fragments.Choice(parts);
    }

    private Fragment Number(SchemaPlace schema, bool whole)
    {
        var range = new NumberRange(schema, whole);
        if (!range.IsUnbounded)
        {
            return Fragments.Embed(range.Compile(_budget));
        }

        return whole ? JsonText.AnyInteger : JsonText.AnyNumber;
    }

    private static JsonTypes TypesOf(SchemaPlace schema)
    {
        if (schema["type"] is not { } type)
        {
            return schema["const"] is null && schema["enum"] is null ? SchemaKeywords.Implied(schema) : JsonTypes.All;
        }

        var names = type.Element.ValueKind == JsonValueKind.Array ? type.Items() : [type];
        var types = names.Aggregate(JsonTypes.None, (types, name) => types | Named(name));
        return types != JsonTypes.None ? types : throw type.Refuse("must name a type");
    }

    private static JsonTypes Named(SchemaPlace name)
        => JsonTypeNames.Of(name.Text()) is var type and not JsonTypes.None
            ? type
            : throw name.Refuse("must be null, boolean, object, array, string, number or integer");

    /// <summary>Where a schema refers to, as far as it refers on; itself if it doesn't.</summary>
    private SchemaPlace Resolve(SchemaPlace schema)
    {
        for (var i = 0; i < GrammarLimits.References; i++)
        {
            if (schema.Element.ValueKind != JsonValueKind.Object || schema["$ref"] is not { } reference)
            {
                return schema;
            }

            SchemaKeywords.Check(schema);
            schema = Find(reference);
        }

        throw schema.Refuse("is a chain of references that is too long or has no end");
    }

    private SchemaPlace Find(SchemaPlace reference)
    {
        var text = reference.Text();
        if (text != "#" && !text.StartsWith("#/", StringComparison.Ordinal))
        {
            throw reference.Refuse("only references inside the schema are supported: # or #/...");
        }

        var place = _root;
        foreach (var part in text.Split('/').Skip(1))
        {
            var name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            place = Step(place, name) ?? throw reference.Refuse("refers to nothing");
        }

        return place;
    }

    private static SchemaPlace? Step(SchemaPlace place, string name) => place.Element.ValueKind switch
    {
        JsonValueKind.Object => place[name],
        JsonValueKind.Array when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < place.Element.GetArrayLength() => place.Below(name, place.Element[index]),
        _ => null,
    };

    /// <summary>Halves of surrogate pairs are valid JSON, but no text.</summary>
    private static void RequireUnicode(JsonElement element)
    {
        try
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.String:
                    _ = element.GetString();
                    break;
                case JsonValueKind.Array:
                    foreach (var item in element.EnumerateArray())
                    {
                        RequireUnicode(item);
                    }

                    break;
                case JsonValueKind.Object:
                    foreach (var member in element.EnumerateObject())
                    {
                        _ = member.Name;
                        RequireUnicode(member.Value);
                    }

                    break;
                default:
                    break;
            }
        }
        catch (InvalidOperationException)
        {
            throw new GrammarException("#", "holds half a surrogate pair");
        }
    }
}
