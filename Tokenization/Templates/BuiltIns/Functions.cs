using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.BuiltIns;

/// <summary>The functions that every template can call.</summary>
internal static class Functions
{
    /// <summary>The bound of Jinja's sandbox.</summary>
    private const int LongestRange = 100_000;

    private const int LongestReason = 300;

    private static readonly BuiltInTable All = new(
        new BuiltIn("dict", "*", (run, _, arguments) => MakeMap(run, arguments)),
        new BuiltIn("namespace", "*", MakeNamespace),
        new BuiltIn("raise_exception", "message", Refuse),
        new BuiltIn("range", "start stop? step?", Range),
        new BuiltIn("strftime_now", "format", (run, _, arguments) => MarkedText.From(PythonTime.Format(run.Time.GetUtcNow(), arguments.Text(0).Text, run), arguments.Text(0).IsMarked)));

    public static bool IsKnown(string name) => All.Find(name) is not null;

    /// <summary>Sets all of them as variables.</summary>
    public static void Declare(TemplateScope scope)
    {
        foreach (var name in All.Names)
        {
            scope[name] = new Function(All.Find(name)!);
        }
    }

    private static TemplateMap MakeMap(TemplateRun run, Arguments arguments)
    {
        var made = new TemplateMap();
        if (arguments.Rest.Length > 0)
        {
            if (arguments.Rest is not [TemplateMap map])
            {
                throw run.Fail("makes a dictionary of something that is none");
            }

            foreach (var (key, value) in map.Entries)
            {
                made[TemplateValues.KeyOf(key.Value, run)] = value;
            }
        }

        foreach (var (name, value) in arguments.Named)
        {
            made[name] = value;
        }

        return made;
    }

    private static object? MakeNamespace(TemplateRun run, object? none, Arguments arguments)
    {
        var space = new TemplateNamespace();
        foreach (var (key, value) in MakeMap(run, arguments).Entries)
        {
            run.Spend(key.Value is MarkedText { Length: var length } ? length : 0);
            space[(key.Value as MarkedText ?? throw run.Fail("names a member of a namespace by something that is not a text")).Text] = value;
        }

        return space;
    }

    private static object? Refuse(TemplateRun run, object? none, Arguments arguments)
    {
        var text = TemplateValues.ToText(arguments[0], run).Text;
        throw new TemplateFailure(text.Length <= LongestReason ? text : text[..LongestReason]);
    }

    private static object? Range(TemplateRun run, object? none, Arguments arguments)
    {
        var (start, stop, step) = arguments.Has(1) ? (arguments.Integer(0, 0), arguments.Integer(1, 0), arguments.Integer(2, 1)) : (0, arguments.Integer(0, 0), 1);
        if (step == 0)
        {
            throw run.Fail("makes a range with steps of 0");
        }

        var width = step > 0 ? (Int128)stop - start : (Int128)start - stop;
        var stride = Int128.Abs(step);
        var count = width <= 0 ? 0 : (width + stride - 1) / stride;
        if (count > LongestRange)
        {
            throw run.Fail($"makes a range of more than {LongestRange} numbers");
        }

        run.SpendElements((long)count);
        return new TemplateList([.. Enumerable.Range(0, (int)count).Select(i => (object?)(start + i * step))]);
    }

    private sealed class Function(BuiltIn function) : TemplateCallable
    {
        public override object? Call(TemplateRun run, CallValues arguments) => function.Apply(run, null, arguments);
    }
}
