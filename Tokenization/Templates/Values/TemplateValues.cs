using System.Globalization;

namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>
/// What Jinja does with values. A value is null (none), <see cref="TemplateUndefined"/>, bool, long, <see cref="MarkedText"/>, a list or a dictionary.
/// </summary>
internal static class TemplateValues
{
    private const int CharactersComparedAtOnce = 8;

    public static bool IsTrue(object? value) => value switch
    {
        null or TemplateUndefined => false,
        bool truth => truth,
        long number => number != 0,
        MarkedText text => text.Text.Length > 0,
        IReadOnlyList<object?> list => list.Count > 0,
        IReadOnlyDictionary<string, object?> map => map.Count > 0,
        _ => true,
    };

    public static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (MarkedText a, MarkedText b) => a.Text == b.Text,
        (bool a, long b) => (a ? 1 : 0) == b,
        (long a, bool b) => a == (b ? 1 : 0),
        _ => Equals(left, right),
    };

    /// <summary>The value as it is written into the output.</summary>
    public static MarkedText ToText(object? value, int line) => value switch
    {
        MarkedText text => text,
        TemplateUndefined => MarkedText.FromTemplate(""),
        null => MarkedText.FromTemplate("None"),
        bool truth => MarkedText.FromTemplate(truth ? "True" : "False"),
        long number => MarkedText.FromTemplate(number.ToString(CultureInfo.InvariantCulture)),
        _ => throw new TemplateFailure($"The chat template writes a list or a dictionary as text in line {line}."),
    };

    public static bool Contains(object? container, object? item, TemplateRun run, int line)
    {
        switch (container, item)
        {
            case (MarkedText text, MarkedText part):
                // In the worst text every place starts like a long part does.
                run.Spend((long)text.Text.Length * Math.Max(4, part.Text.Length / CharactersComparedAtOnce));
                return text.Text.Contains(part.Text, StringComparison.Ordinal);
            case (IReadOnlyList<object?> list, _):
                run.Spend(list.Count * 32);
                return list.Any(element => AreEqual(element, item));
            case (IReadOnlyDictionary<string, object?> map, MarkedText key):
                return map.ContainsKey(key.Text);
            default:
                throw new TemplateFailure($"The chat template looks with 'in' into something that holds nothing, in line {line}.");
        }
    }

    public static object? Member(object? value, object? key, int line) => (value, key) switch
    {
        (IReadOnlyDictionary<string, object?> map, MarkedText name) => map.TryGetValue(name.Text, out var member) ? member : TemplateUndefined.Value,
        (IReadOnlyList<object?> list, long index) => ElementAt(list.Count, index) is { } place ? list[place] : TemplateUndefined.Value,
        (MarkedText text, long index) => ElementAt(text.Text.Length, index) is { } place ? text.Slice(place, 1) : TemplateUndefined.Value,
        (null or TemplateUndefined, _) => throw new TemplateFailure($"The chat template asks for a part of something that is not there, in line {line}."),
        _ => TemplateUndefined.Value,
    };

    private static int? ElementAt(int count, long index)
    {
        index = index < 0 ? index + count : index;
        return index >= 0 && index < count ? (int)index : null;
    }
}
