using System.Globalization;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.BuiltIns;

/// <summary>Jinja's filters on lists. All of them make a new list.</summary>
internal static class Lists
{
    private const int LongestName = 64;

    /// <summary>The first or last element; undefined where there is none.</summary>
    public static object? End(object? value, bool last, TemplateRun run)
    {
        var end = last ? -1L : 0L;
        return TemplateValues.Item(value is MarkedText or TemplateList ? value : TemplateValues.Iterate(value, run), end, run);
    }

    public static TemplateList Copy(TemplateList list, TemplateRun run)
    {
        run.SpendElements(list.Count);
        return new TemplateList([.. list.Items]);
    }

    public static TemplateList Reverse(TemplateList list, TemplateRun run)
    {
        run.SpendElements(list.Count);
        return new TemplateList([.. list.Reverse()]);
    }

    public static TemplateList Entries(object? value, TemplateRun run)
    {
        switch (value)
        {
            case TemplateMap map:
                run.SpendElements(map.Count);
                return map.Items();
            case TemplateUndefined:
                return TemplateList.Empty;
            default:
                throw run.Fail("takes the items of something that is not a dictionary");
        }
    }

    public static object? SortEntries(TemplateRun run, object? value, Arguments arguments)
    {
        if (value is not TemplateMap map)
        {
            throw run.Fail("sorts as a dictionary something that is none");
        }

        var place = (arguments.OrNone(1) is null ? "key" : arguments.Text(1).Text) switch
        {
            "key" => 0,
            "value" => 1,
            _ => throw run.Fail("sorts a dictionary by something other than key or value"),
        };
        return Sorted(map.Items(), pair => ((TemplateList)pair!)[place], arguments.Flag(0), arguments.Flag(2), run);
    }

    public static object? Sort(TemplateRun run, object? value, Arguments arguments)
    {
        run.Spend(arguments.OrNone(2) is MarkedText { Length: var length } ? length * (long)TemplateRun.CharactersPerStep : 0);
        var getters = arguments.OrNone(2) is MarkedText { Text: var names }
            ? names.Split(',').Select(name => Getter(MarkedText.FromTemplate(name), Arguments.Absent, run)).ToArray()
            : [Getter(arguments.OrNone(2), Arguments.Absent, run)];
        var isCaseSensitive = arguments.Flag(1);
        return Sorted(TemplateValues.Iterate(value, run), item => new TemplateList([.. getters.Select(get => Folded(get(item), isCaseSensitive, run))]), isCaseSensitive: true, arguments.Flag(0), run);
    }

    public static object? Extreme(TemplateRun run, object? value, Arguments arguments, bool largest)
    {
        var (get, isCaseSensitive) = (Getter(arguments.OrNone(1), Arguments.Absent, run), arguments.Flag(0));
        object? found = TemplateUndefined.Value;
        object? foundKey = null;
        foreach (var item in TemplateValues.Iterate(value, run))
        {
            run.Spend();
            var key = Folded(get(item), isCaseSensitive, run);
            if (found is TemplateUndefined || (largest ? TemplateValues.IsLess(foundKey, key, run) : TemplateValues.IsLess(key, foundKey, run)))
            {
                (found, foundKey) = (item, key);
            }
        }

        return found;
    }

    public static object? Sum(TemplateRun run, object? value, Arguments arguments)
    {
        var get = Getter(arguments.OrNone(0), Arguments.Absent, run);
        var sum = arguments.Has(1) ? arguments[1] : 0L;
        foreach (var item in TemplateValues.Iterate(value, run))
        {
            run.Spend();
            sum = TemplateNumbers.Calculate("+", sum, get(item), run);
        }

        return sum;
    }

    public static object? Unique(TemplateRun run, object? value, Arguments arguments)
    {
        var (get, isCaseSensitive) = (Getter(arguments.OrNone(1), Arguments.Absent, run), arguments.Flag(0));
        var seen = new HashSet<TemplateKey>();
        var list = TemplateValues.Iterate(value, run);
        run.SpendElements(list.Count);
        return new TemplateList([.. list.Where(item => seen.Add(TemplateValues.KeyOf(Folded(get(item), isCaseSensitive, run), run)))]);
    }

    public static object? Join(TemplateRun run, object? value, Arguments arguments)
    {
        var get = Getter(arguments.OrNone(1), Arguments.Absent, run);
        var separator = arguments.Has(0) ? TemplateValues.ToText(arguments[0], run) : MarkedText.Empty;
        return Texts.Join(separator, TemplateValues.Iterate(value, run).Select(item => TemplateValues.ToText(get(item), run)), run);
    }

    /// <summary><c>map('filter', ...)</c> or <c>map(attribute='name', default=...)</c>.</summary>
    public static object? Map(TemplateRun run, object? value, Arguments arguments)
    {
        var list = IterateIfTrue(value, run);
        if (arguments.Rest.Length == 0)
        {
            object? Named(string name) => arguments.Named.Where(argument => argument.Name == name).Select(argument => argument.Value).DefaultIfEmpty(Arguments.Absent).First();
            if (Named("attribute") == Arguments.Absent || arguments.Named.Any(argument => argument.Name is not ("attribute" or "default")))
            {
                throw run.Fail("calls map with neither a filter nor an attribute");
            }

            var get = Getter(Named("attribute"), Named("default"), run);
            return new TemplateList([.. list.Select(get)]);
        }

        var filter = (arguments.Rest[0] is MarkedText { Length: < LongestName } name ? Filters.Find(name.Text) : null) ?? throw run.Fail("maps by a filter that is not supported");
        var call = new CallValues(arguments.Rest[1..], arguments.Named);
        return new TemplateList([.. list.Select(item => filter.Apply(run, item, call))]);
    }

    /// <summary><c>select('test', ...)</c> or, by an attribute, <c>selectattr('name', 'test', ...)</c>; without a test, those that are true.</summary>
    public static object? Select(TemplateRun run, object? value, Arguments arguments, bool byAttribute, bool wanted)
    {
        if (byAttribute && arguments.Rest.Length == 0)
        {
            throw run.Fail("selects by an attribute without naming it");
        }

        var get = Getter(byAttribute ? arguments.Rest[0] : null, Arguments.Absent, run);
        var rest = byAttribute ? arguments.Rest[1..] : arguments.Rest;
        var test = rest.Length == 0 ? null : (rest[0] is MarkedText { Length: < LongestName } name ? ValueTests.Find(name.Text) : null) ?? throw run.Fail("selects by a test that is not supported");
        var call = new CallValues(rest.Length == 0 ? [] : rest[1..], arguments.Named);
        var list = IterateIfTrue(value, run);
        return new TemplateList([.. list.Where(item => TemplateValues.IsTrue(test is null ? get(item) : test.Apply(run, get(item), call)) == wanted)]);
    }

    /// <summary>Jinja's map and select take none, and all else that counts as false, for an empty list.</summary>
    private static TemplateList IterateIfTrue(object? value, TemplateRun run)
    {
        var list = TemplateValues.IsTrue(value) ? TemplateValues.Iterate(value, run) : TemplateList.Empty;
        run.SpendElements(list.Count);
        return list;
    }

    private static TemplateList Sorted(TemplateList list, Func<object?, object?> keyOf, bool isCaseSensitive, bool reverse, TemplateRun run)
    {
        run.SpendElements(list.Count);
        var keyed = list.Select(item => (object?)(Folded(keyOf(item), isCaseSensitive, run), item)).ToArray();
        Array.Reverse(keyed, 0, reverse ? keyed.Length : 0);
        var sorted = ListSort.Sort(keyed, (a, b) => TemplateValues.IsLess(KeyOf(a), KeyOf(b), run), run).Select(pair => ((ValueTuple<object?, object?>)pair!).Item2);

        // Equal ones keep their order also when it goes down: turned round before sorting and after.
        return new TemplateList([.. reverse ? sorted.Reverse() : sorted]);

        static object? KeyOf(object? pair) => ((ValueTuple<object?, object?>)pair!).Item1;
    }

    private static object? Folded(object? key, bool isCaseSensitive, TemplateRun run)
    {
        run.Spend(key is MarkedText { Length: var length } ? length : 0);
        return key is MarkedText text && !isCaseSensitive ? Texts.Lower(text) : key;
    }

    /// <summary>Takes a part of a value by a path like <c>function.name</c> or <c>0</c>; the value itself where there is none.</summary>
    private static Func<object?, object?> Getter(object? path, object? absent, TemplateRun run)
    {
        run.Spend(path is MarkedText { Length: var length } ? length * (long)TemplateRun.CharactersPerStep : 0);
        object?[] parts = path switch
        {
            null => [],
            MarkedText text => [.. text.Text.Split('.').Select(part => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? (object)index : MarkedText.FromTemplate(part))],
            _ => [path],
        };
        return item =>
        {
            foreach (var part in parts)
            {
                run.Spend();
                item = TemplateValues.Item(item, part, run);
                item = item is TemplateUndefined && absent != Arguments.Absent ? absent : item;
            }

            return item;
        };
    }
}
