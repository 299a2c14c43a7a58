using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.BuiltIns;

/// <summary>The methods of values: <c>value.name(arguments)</c>. None changes its value.</summary>
internal static class Methods
{
    private static readonly BuiltInTable OfTexts = new(
        OnText("capitalize", "", (text, _, _) => Texts.Capitalize(text)),
        OnText("count", "sub", (text, arguments, run) => Texts.Count(text, arguments.Text(0), run)),
        OnText("endswith", "suffix", (text, arguments, run) => IsAny(arguments, run, part => text.Text.EndsWith(part.Text, StringComparison.Ordinal))),
        OnText("find", "sub", (text, arguments, run) => Texts.Find(text, arguments.Text(0), last: false, run)),
        OnText("index", "sub", (text, arguments, run) => Texts.Find(text, arguments.Text(0), last: false, run) is var place and >= 0 ? place : throw run.Fail("looks for a text that is not there")),
        OnText("isalnum", "", (text, _, _) => Texts.IsAll(text, char.IsLetterOrDigit)),
        OnText("isalpha", "", (text, _, _) => Texts.IsAll(text, char.IsLetter)),
        OnText("isdigit", "", (text, _, _) => Texts.IsAll(text, char.IsDigit)),
        OnText("isspace", "", (text, _, _) => Texts.IsAll(text, PythonText.IsSpace)),
        OnText("join", "iterable", (text, arguments, run) => Texts.Join(text, TemplateValues.Iterate(arguments[0], run).Select(part => part as MarkedText ?? throw run.Fail("joins something that is not a text")), run)),
        OnText("lower", "", (text, _, _) => Texts.Lower(text)),
        OnText("lstrip", "chars?", (text, arguments, _) => PythonText.Trim(text, arguments.TextOrNone(0)?.Text, start: true, end: false)),
        OnText("removeprefix", "prefix", (text, arguments, _) => arguments.Text(0).Length is var length && text.Text.StartsWith(arguments.Text(0).Text, StringComparison.Ordinal) ? text.From(length) : text),
        OnText("removesuffix", "suffix", (text, arguments, _) => arguments.Text(0).Length is var length && text.Text.EndsWith(arguments.Text(0).Text, StringComparison.Ordinal) ? text.Slice(0, text.Length - length) : text),
        OnText("replace", "old new count?", (text, arguments, run) => Texts.Replace(text, arguments.Text(0), arguments.Text(1), arguments.Integer(2, -1), run)),
        OnText("rfind", "sub", (text, arguments, run) => Texts.Find(text, arguments.Text(0), last: true, run)),
        OnText("rsplit", "sep? maxsplit?", (text, arguments, run) => Texts.Split(text, arguments.TextOrNone(0), arguments.Integer(1, -1), fromEnd: true, run)),
        OnText("rstrip", "chars?", (text, arguments, _) => PythonText.Trim(text, arguments.TextOrNone(0)?.Text, start: false, end: true)),
        OnText("split", "sep? maxsplit?", (text, arguments, run) => Texts.Split(text, arguments.TextOrNone(0), arguments.Integer(1, -1), fromEnd: false, run)),
        OnText("splitlines", "keepends?", (text, arguments, run) => new TemplateList([.. Texts.Lines(text, arguments.Flag(0), run)])),
        OnText("startswith", "prefix", (text, arguments, run) => IsAny(arguments, run, part => text.Text.StartsWith(part.Text, StringComparison.Ordinal))),
        OnText("strip", "chars?", (text, arguments, _) => PythonText.Trim(text, arguments.TextOrNone(0)?.Text, start: true, end: true)),
        OnText("title", "", (text, _, _) => Texts.Title(text)),
        OnText("upper", "", (text, _, _) => Texts.Upper(text)));

    private static readonly BuiltInTable OfMaps = new(
        new BuiltIn("get", "key default?", (run, map, arguments) => ((TemplateMap)map!).TryGet(TemplateValues.KeyOf(arguments[0], run), out var value) ? value : arguments.OrNone(1)),
        new BuiltIn("items", "", (run, map, _) => Lists.Entries(map, run)),
        new BuiltIn("keys", "", (run, map, _) => TemplateValues.Iterate(map, run)),
        new BuiltIn("values", "", Values));

    private static readonly BuiltInTable OfLists = new(
        new BuiltIn("count", "value", Count),
        new BuiltIn("index", "value", Index));

    private static readonly BuiltInTable OfLoops = new(
        new BuiltIn("changed", "*", HasChanged),
        new BuiltIn("cycle", "*", (run, loop, arguments) => arguments.Rest.Length == 0 ? throw run.Fail("cycles through nothing") : arguments.Rest[((LoopState)loop!).Index % arguments.Rest.Length]));

    private static readonly HashSet<string> Known = [.. OfTexts.Names, .. OfMaps.Names, .. OfLists.Names, .. OfLoops.Names];

    public static bool IsKnown(string name) => Known.Contains(name);

    /// <summary>The method of a value, or null if it has none of that name.</summary>
    public static TemplateCallable? Find(object? value, string name)
    {
        var method = value switch
        {
            MarkedText => OfTexts.Find(name),
            TemplateMap => OfMaps.Find(name),
            TemplateList => OfLists.Find(name),
            LoopState => OfLoops.Find(name),
            _ => null,
        };
        return method is null ? null : new Bound(value, method);
    }

    private static BuiltIn OnText(string name, string parameters, Func<MarkedText, Arguments, TemplateRun, object?> apply) =>
        new(name, parameters, (run, value, arguments) => apply((MarkedText)value!, arguments, run));

    /// <summary>One text, or a tuple of some of which any will do.</summary>
    private static bool IsAny(Arguments arguments, TemplateRun run, Func<MarkedText, bool> fits)
    {
        var parts = arguments[0] is TemplateList { IsTuple: true } tuple ? tuple : new TemplateList([arguments.Text(0)]);
        foreach (var part in parts)
        {
            if (part is not MarkedText text)
            {
                throw run.Fail("compares the end of a text with something that is none");
            }

            run.Spend(text.Length);
            if (fits(text))
            {
                return true;
            }
        }

        return false;
    }

    private static object? Values(TemplateRun run, object? map, Arguments arguments)
    {
        run.SpendElements(((TemplateMap)map!).Count);
        return ((TemplateMap)map).Values();
    }

    private static object? Count(TemplateRun run, object? value, Arguments arguments)
    {
        var list = (TemplateList)value!;
        run.SpendElements(list.Count);
        return (long)list.Count(item => TemplateValues.AreEqual(item, arguments[0], run));
    }

    private static object? Index(TemplateRun run, object? value, Arguments arguments)
    {
        var list = (TemplateList)value!;
        for (var i = 0; i < list.Count; i++)
        {
            run.Spend();
            if (TemplateValues.AreEqual(list[i], arguments[0], run))
            {
                return (long)i;
            }
        }

        throw run.Fail("looks for something that is not in the list");
    }

    private static object? HasChanged(TemplateRun run, object? value, Arguments arguments)
    {
        var (changes, now) = (((LoopState)value!).Changes, new TemplateList(arguments.Rest, isTuple: true));
        var changed = changes.Last is null || !TemplateValues.AreEqual(changes.Last, now, run);
        changes.Last = now;
        return changed;
    }

    private sealed class Bound(object? value, BuiltIn method) : TemplateCallable
    {
        public override object? Call(TemplateRun run, CallValues arguments) => method.Apply(run, value, arguments);
    }
}
