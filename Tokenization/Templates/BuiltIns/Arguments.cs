using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.BuiltIns;

/// <summary>The arguments of a <see cref="BuiltIn"/>, by the place of their parameter.</summary>
internal sealed class Arguments(TemplateRun run, string name, object?[] values, object?[] rest, IReadOnlyList<(string Name, object? Value)> named)
{
    /// <summary>Stands for an argument that is not given.</summary>
    public static object Absent { get; } = new();

    /// <summary>What was given beyond the parameters.</summary>
    public object?[] Rest => rest;

    /// <summary>What was given by names that are no parameters.</summary>
    public IReadOnlyList<(string Name, object? Value)> Named => named;

    /// <summary>An argument, or <see cref="Absent"/>.</summary>
    public object? this[int place] => values[place];

    public bool Has(int place) => values[place] != Absent;

    /// <summary>An argument, or null where it is absent or none.</summary>
    public object? OrNone(int place) => Has(place) ? values[place] : null;

    public bool Flag(int place, bool absent = false) => Has(place) ? TemplateValues.IsTrue(values[place]) : absent;

    public MarkedText Text(int place)
    {
        var text = values[place] as MarkedText ?? throw run.Fail($"calls {name} with something that is not a text");
        run.Spend(text.Length);
        return text;
    }

    public MarkedText? TextOrNone(int place) => OrNone(place) is null ? null : Text(place);

    public long Integer(int place, long absent) =>
        !Has(place) ? absent : TemplateNumbers.AsIndex(values[place]) ?? throw run.Fail($"calls {name} with something that is not a whole number");
}
