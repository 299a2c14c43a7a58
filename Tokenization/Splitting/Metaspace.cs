using CocoonOrleans.Tokenization.Files;

namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>The options of a step of type <c>Metaspace</c>, which means the same as a pre-tokenizer and as a decoder.</summary>
internal static class Metaspace
{
    /// <summary>The character that stands for a space, U+2581 in all known models.</summary>
    public static char ReadMark(JsonField step)
    {
        step.AllowOnly("type", "replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split");
        return step["replacement"].Character();
    }

    /// <summary>Files before 2024 have <c>add_prefix_space</c> only.</summary>
    public static PrefixScheme ReadScheme(JsonField step)
    {
        var field = step["prepend_scheme"];
        var prefix = step["add_prefix_space"].Bool(absent: true);
        var scheme = field.String(absent: prefix ? "always" : "never") switch
        {
            "always" => PrefixScheme.Always,
            "first" => PrefixScheme.First,
            "never" => PrefixScheme.Never,
            var other => throw field.Refuse($"{JsonField.Quote(other)} is not supported"),
        };
        return prefix || scheme == PrefixScheme.Never ? scheme : throw step["add_prefix_space"].Refuse("contradicts prepend_scheme");
    }
}
