namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>
/// What Python and Jinja do with values of any kind. A value is null (none), <see cref="TemplateUndefined"/>, bool, long, double, <see cref="MarkedText"/>,
/// <see cref="TemplateList"/>, <see cref="TemplateMap"/>, <see cref="TemplateNamespace"/>, <see cref="LoopState"/> or <see cref="TemplateCallable"/>.
/// </summary>
internal static class TemplateValues
{
    public static bool IsTrue(object? value) => value switch
    {
        null or TemplateUndefined => false,
        bool truth => truth,
        long number => number != 0,
        double number => number != 0,
        MarkedText text => text.Length > 0,
        TemplateList list => list.Count > 0,
        TemplateMap map => map.Count > 0,
        _ => true,
    };

    public static bool AreEqual(object? left, object? right, TemplateRun run)
    {
        switch (left, right)
        {
            case (MarkedText a, MarkedText b):
                run.Spend(Math.Min(a.Length, b.Length));
                return a.Text == b.Text;
            case (TemplateList a, TemplateList b):
                return a.IsTuple == b.IsTuple && a.Count == b.Count && AllEqual(a, b, run);
            case (TemplateMap a, TemplateMap b):
                return a.Count == b.Count && AllEqual(a, b, run);
            default:
                return IsNumber(left) && IsNumber(right) ? TemplateNumbers.Compare(left!, right!) == 0 : Equals(left, right);
        }
    }

    /// <summary>Whether a value comes before another, as Python's <c>&lt;</c> has it.</summary>
    public static bool IsLess(object? left, object? right, TemplateRun run)
    {
        switch (left, right)
        {
            case (MarkedText a, MarkedText b):
                run.Spend(Math.Min(a.Length, b.Length));
                return PythonText.Compare(a.Text, b.Text) < 0;
            case (TemplateList a, TemplateList b) when a.IsTuple == b.IsTuple:
                return IsLess(a, b, run);
            default:
                return IsNumber(left) && IsNumber(right) ? TemplateNumbers.Compare(left!, right!) < 0 : throw run.Fail("compares values that have no order");
        }
    }

    /// <summary>Whether Python counts it as a number: true and false are 1 and 0.</summary>
    public static bool IsNumber(object? value) => value is long or double or bool;

    /// <summary>The value as it is written into the output.</summary>
    public static MarkedText ToText(object? value, TemplateRun run) => value switch
    {
        MarkedText text => text,
        TemplateUndefined => MarkedText.Empty,
        _ => PythonText.Describe(value, run),
    };

    public static bool Contains(object? container, object? item, TemplateRun run)
    {
        switch (container, item)
        {
            case (MarkedText text, MarkedText part):
                run.SpendSearch(text, part);
                return text.Text.Contains(part.Text, StringComparison.Ordinal);
            case (TemplateList list, _):
                foreach (var element in list)
                {
                    run.Spend();
                    if (AreEqual(element, item, run))
                    {
                        return true;
                    }
                }

                return false;
            case (TemplateMap map, _):
                return map.Contains(KeyOf(item, run));
            case (TemplateUndefined, _):
                return false;
            default:
                throw run.Fail("looks with 'in' into something that holds no such thing");
        }
    }

    public static TemplateKey KeyOf(object? value, TemplateRun run)
    {
        run.Spend(value is MarkedText text ? text.Length : 0);
        return TemplateKey.TryOf(value) ?? throw run.Fail("uses as a key what can't be one");
    }

    /// <summary>What a loop goes through: elements, keys or characters.</summary>
    public static TemplateList Iterate(object? value, TemplateRun run)
    {
        switch (value)
        {
            case TemplateList list:
                return list;
            case TemplateMap map:
                run.SpendElements(map.Count);
                return map.Keys();
            case MarkedText text:
                run.SpendElements(text.Length);
                return PythonText.Characters(text);
            case TemplateUndefined:
                return TemplateList.Empty;
            default:
                throw run.Fail("goes through something that is not a list");
        }
    }

    /// <summary><c>value.name</c>: a method comes before a dictionary's entry.</summary>
    public static object? Attribute(object? value, string name, TemplateRun run) => value switch
    {
        TemplateUndefined => throw run.Fail("asks for a part of something that is not there"),
        TemplateNamespace space => space[name],
        LoopState loop when loop.Member(name) is var member and not TemplateUndefined => member,
        _ when BuiltIns.Methods.Find(value, name) is { } method => method,
        TemplateMap map => map.TryGet(name, out var entry) ? entry : TemplateUndefined.Value,
        _ => TemplateUndefined.Value,
    };

    /// <summary><c>value[key]</c>: an entry comes before a method.</summary>
    public static object? Item(object? value, object? key, TemplateRun run)
    {
        switch (value, key)
        {
            case (TemplateUndefined, _):
                throw run.Fail("asks for a part of something that is not there");
            case (TemplateMap map, _) when TemplateKey.TryOf(key) is not null && map.TryGet(KeyOf(key, run), out var entry):
                return entry;
            case (TemplateList list, _) when TemplateNumbers.AsIndex(key) is { } index:
                return PlaceOf(list.Count, index) is { } place ? list[place] : TemplateUndefined.Value;
            case (MarkedText text, _) when TemplateNumbers.AsIndex(key) is { } index:
                run.Spend(text.Length);
                var places = CharacterPlaces.Of(text.Text);
                return PlaceOf(places.Count, index) is { } character ? text.Slice(places[character], places[character + 1] - places[character]) : TemplateUndefined.Value;
            case (_, MarkedText name):
                run.Spend(name.Length);
                return Attribute(value, name.Text, run);
            default:
                return TemplateUndefined.Value;
        }
    }

    private static int? PlaceOf(int count, long index)
    {
        index = index < 0 ? index + count : index;
        return index >= 0 && index < count ? (int)index : null;
    }

    private static bool AllEqual(TemplateList left, TemplateList right, TemplateRun run)
    {
        run.Descend();
        for (var i = 0; i < left.Count; i++)
        {
            run.Spend();
            if (!AreEqual(left[i], right[i], run))
            {
                run.Ascend();
                return false;
            }
        }

        run.Ascend();
        return true;
    }

    private static bool AllEqual(TemplateMap left, TemplateMap right, TemplateRun run)
    {
        run.Descend();
        foreach (var (key, value) in left.Entries)
        {
            if (!right.TryGet(KeyOf(key.Value, run), out var other) || !AreEqual(value, other, run))
            {
                run.Ascend();
                return false;
            }
        }

        run.Ascend();
        return true;
    }

    private static bool IsLess(TemplateList left, TemplateList right, TemplateRun run)
    {
        run.Descend();
        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            run.Spend();
            if (!AreEqual(left[i], right[i], run))
            {
                var less = IsLess(left[i], right[i], run);
                run.Ascend();
                return less;
            }
        }

        run.Ascend();
        return left.Count < right.Count;
    }
}
