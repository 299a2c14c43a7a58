using System.Text.Json;

namespace CocoonOrleans.Inference.Grammars.Schemas;

/// <summary>Tells whether no value satisfies two schemas at once, as far as types, constants and required properties show it.</summary>
/// <param name="resolve">Follows a reference.</param>
/// <param name="typesOf">The types that a schema allows.</param>
/// <param name="budget">What finding out may cost.</param>
internal sealed class DisjointSchemas(Func<SchemaPlace, SchemaPlace> resolve, Func<SchemaPlace, JsonTypes> typesOf, CompileBudget budget)
{
    private const int MaximumDepth = 4;
    private const int CostOfPair = 200;

    /// <summary>Whether they are seen to be disjoint.</summary>
    public bool Are(SchemaPlace first, SchemaPlace second) => Are(first, second, 0);

    private bool Are(SchemaPlace first, SchemaPlace second, int depth)
    {
        budget.Spend(CostOfPair);
        (first, second) = (resolve(first), resolve(second));
        if (depth > MaximumDepth || first.Element.ValueKind != JsonValueKind.Object || second.Element.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        foreach (var union in (string[])["anyOf", "oneOf"])
        {
            if (first[union] is { } alternatives)
            {
                return alternatives.Items().All(item => Are(item, second, depth + 1));
            }

            if (second[union] is { } others)
            {
                return others.Items().All(item => Are(first, item, depth + 1));
            }
        }

        var (values, otherValues) = (ValuesOf(first), ValuesOf(second));
        if (values is not null && otherValues is not null)
        {
            budget.Spend(CostOfPair * (long)values.Count * otherValues.Count);
            return !values.Exists(value => otherValues.Exists(other => JsonElement.DeepEquals(value, other)));
        }

        var common = Types(first, values) & Types(second, otherValues);
        return common == JsonTypes.None || (common == JsonTypes.Object && DifferByProperty(first, second, depth));
    }

    private JsonTypes Types(SchemaPlace schema, List<JsonElement>? values)
        => values is null ? typesOf(schema) : values.Aggregate(JsonTypes.None, (types, value) => types | JsonTypeNames.Of(value));

    private static List<JsonElement>? ValuesOf(SchemaPlace schema)
        => schema["const"] is { } value ? [value.Element] : schema["enum"]?.Items().Select(item => item.Element).ToList();

    private bool DifferByProperty(SchemaPlace first, SchemaPlace second, int depth)
    {
        if (first["properties"] is not { } properties || second["properties"] is not { } others)
        {
            return false;
        }

        budget.Spend((long)properties.Element.GetPropertyCount() * others.Element.GetPropertyCount());
        var required = Required(first).Intersect(Required(second)).ToHashSet();
        return properties.Members().Any(member => required.Contains(member.Name) && others[member.Name] is { } other && Are(member.Place, other, depth + 1));
    }

    private static IEnumerable<string> Required(SchemaPlace schema) => schema["required"]?.Items().Select(item => item.Text()) ?? [];
}
