using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.BuiltIns;

/// <summary>The filters: <c>value | name(arguments)</c>. As in Jinja those on texts take any value as the text that it would be written as.</summary>
internal static class Filters
{
    private static readonly BuiltInTable All = new(
        OnText("capitalize", "", (text, _, _) => Texts.Capitalize(text)),
        OnText("lower", "", (text, _, _) => Texts.Lower(text)),
        OnText("replace", "old new count?", (text, arguments, run) => Texts.Replace(text, Word(arguments[0], run), Word(arguments[1], run), arguments.OrNone(2) is null ? -1 : arguments.Integer(2, -1), run)),
        OnText("safe", "", (text, _, _) => text),
        OnText("string", "", (text, _, _) => text),
        OnText("title", "", (text, _, _) => Texts.TitleOfWords(text)),
        OnText("trim", "chars?", (text, arguments, _) => PythonText.Trim(text, arguments.TextOrNone(0)?.Text, start: true, end: true)),
        OnText("upper", "", (text, _, _) => Texts.Upper(text)),
        new BuiltIn("abs", "", (run, value, _) => IsNegative(value) ? TemplateNumbers.Negative(value, run) : TemplateValues.IsNumber(value) ? value : throw run.Fail("takes the size of something that is not a number")),
        new BuiltIn("count", "", Length),
        new BuiltIn("d", "default_value? boolean?", Default),
        new BuiltIn("default", "default_value? boolean?", Default),
        new BuiltIn("dictsort", "case_sensitive? by? reverse?", Lists.SortEntries),
        new BuiltIn("first", "", (run, value, _) => Lists.End(value, last: false, run)),
        new BuiltIn("float", "default?", (run, value, arguments) => Conversions.ToDouble(value, run) ?? (arguments.Has(0) ? arguments[0] : 0.0)),
        new BuiltIn("indent", "width? first? blank?", Indent),
        new BuiltIn("int", "default?", (run, value, arguments) => Conversions.ToInteger(value, run) ?? (arguments.Has(0) ? arguments[0] : 0L)),
        new BuiltIn("items", "", (run, value, _) => Lists.Entries(value, run)),
        new BuiltIn("join", "d? attribute?", Lists.Join),
        new BuiltIn("last", "", (run, value, _) => Lists.End(value, last: true, run)),
        new BuiltIn("length", "", Length),
        new BuiltIn("list", "", (run, value, _) => Lists.Copy(TemplateValues.Iterate(value, run), run)),
        new BuiltIn("map", "*", Lists.Map),
        new BuiltIn("max", "case_sensitive? attribute?", (run, value, arguments) => Lists.Extreme(run, value, arguments, largest: true)),
        new BuiltIn("min", "case_sensitive? attribute?", (run, value, arguments) => Lists.Extreme(run, value, arguments, largest: false)),
        new BuiltIn("reject", "*", (run, value, arguments) => Lists.Select(run, value, arguments, byAttribute: false, wanted: false)),
        new BuiltIn("rejectattr", "*", (run, value, arguments) => Lists.Select(run, value, arguments, byAttribute: true, wanted: false)),
        new BuiltIn("reverse", "", (run, value, _) => value is MarkedText text ? Texts.Reverse(text, run) : Lists.Reverse(TemplateValues.Iterate(value, run), run)),
        new BuiltIn("select", "*", (run, value, arguments) => Lists.Select(run, value, arguments, byAttribute: false, wanted: true)),
        new BuiltIn("selectattr", "*", (run, value, arguments) => Lists.Select(run, value, arguments, byAttribute: true, wanted: true)),
        new BuiltIn("sort", "reverse? case_sensitive? attribute?", Lists.Sort),
        new BuiltIn("sum", "attribute? start?", Lists.Sum),
        new BuiltIn("tojson", "ensure_ascii? indent? separators? sort_keys?", Conversions.ToJson),
        new BuiltIn("unique", "case_sensitive? attribute?", Lists.Unique));

    public static BuiltIn? Find(string name) => All.Find(name);

    private static BuiltIn OnText(string name, string parameters, Func<MarkedText, Arguments, TemplateRun, MarkedText> apply) =>
        new(name, parameters, (run, value, arguments) => apply(Word(value, run), arguments, run));

    private static MarkedText Word(object? value, TemplateRun run) => TemplateValues.ToText(value, run);

    private static bool IsNegative(object? value) => value is long and < 0L or double and < 0.0;

    private static object? Indent(TemplateRun run, object? value, Arguments arguments)
    {
        var text = value as MarkedText ?? throw run.Fail("indents something that is not a text");
        var by = arguments.OrNone(0) as MarkedText ?? MarkedText.FromTemplate(Conversions.Spaces(arguments.Integer(0, 4), run));
        return Texts.Indent(text, by, arguments.Flag(1), arguments.Flag(2), run);
    }

    private static object? Length(TemplateRun run, object? value, Arguments arguments) => value switch
    {
        MarkedText text => (long)CharacterPlaces.Of(text.Text).Count,
        TemplateList list => (long)list.Count,
        TemplateMap map => (long)map.Count,
        LoopState loop => loop.Member("length"),
        TemplateUndefined => 0L,
        _ => throw run.Fail("takes the length of something that has none"),
    };

    private static object? Default(TemplateRun run, object? value, Arguments arguments) =>
        value is TemplateUndefined || (arguments.Flag(1) && !TemplateValues.IsTrue(value)) ? arguments.Has(0) ? arguments[0] : MarkedText.Empty : value;
}
